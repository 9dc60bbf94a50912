/** Milliseconds before what ended is started again: doubled from the first to the last. */
const FIRST = 100
const LAST = 30_000
/** Milliseconds that it must have stood for the pauses to begin anew. */
const STEADY = 60_000

/** How long to wait, each time that something has ended, before it is started again. */
export class Pauses {
  readonly #random: () => number
  #next = FIRST

  /** `random` gives numbers in [0, 1). */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** Milliseconds, of which the upper half is drawn: what ended together does not start together. */
  after(lifeMs: number): number {
    if (lifeMs >= STEADY) this.#next = FIRST
    const pause = this.#next
    this.#next = Math.min(2 * pause, LAST)
    return pause * (0.5 + this.#random() / 2)
  }
}
