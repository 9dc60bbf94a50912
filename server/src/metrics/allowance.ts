const MINUTE_MS = 60_000

/** So many a minute, and then none until the next one. Times in milliseconds of any clock. */
export class Allowance {
  readonly #perMinute: number
  #since = Number.NEGATIVE_INFINITY
  #used = 0

  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  take(now: number): boolean {
    if (now - this.#since >= MINUTE_MS) {
      this.#since = now
      this.#used = 0
    }
    this.#used += 1
    return this.#used <= this.#perMinute
  }
}
