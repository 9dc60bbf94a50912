/** How much at once, and how much a second after that. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** Fills at a steady rate up to its burst; times are milliseconds of any one clock. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #at: number

  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#at = now
  }

  /** Takes one and says 0, or takes nothing and says in how many milliseconds one will be there. */
  take(now: number): number {
    const { burst, perSecond } = this.#rate
    const passed = Math.max(0, now - this.#at) / 1000
    this.#tokens = Math.min(burst, this.#tokens + passed * perSecond)
    this.#at = now
    if (this.#tokens < 1) return Math.ceil(((1 - this.#tokens) / perSecond) * 1000)
    this.#tokens -= 1
    return 0
  }
}
