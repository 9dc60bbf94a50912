/** Readers are told how many they are at most about this often … */
const TELL_EVERY_MS = 1950
/** … and while the number moves, only after so many milliseconds for each of them: telling one costs some 10 µs. */
const MOVING_MS_EACH = 1
/** … but never later than this. */
const MOVING_AT_MOST_MS = 15_000
/** A timer that fires a little early or late is not to cost a whole tick. */
const EARLY_MS = 50

/**
 * When to tell a room's readers how many they are. A number that stands still is told at once; one that moves, as while
 * a crowd comes, would be wrong again by the time the last of many readers has it, and telling them all over and over
 * would take the time that those who come need.
 */
export class CountPace {
  readonly #lookEveryMs: number
  #lookedAt = 0
  #seen = -1
  #told = -1
  #toldAt = Number.NEGATIVE_INFINITY

  constructor(lookEveryMs: number) {
    this.#lookEveryMs = lookEveryMs - EARLY_MS
  }

  /** Whether it is time to look at the number: asked at each tick. */
  looks(now: number): boolean {
    if (now - this.#lookedAt < this.#lookEveryMs) return false
    this.#lookedAt = now
    return true
  }

  /** At each look: whether `count` is to be told to the `here` readers of this process now. `now` in milliseconds. */
  isDue(count: number, here: number, now: number): boolean {
    const stands = count === this.#seen
    this.#seen = count
    if (count === this.#told) return false
    const rest = stands ? 0 : Math.min(here * MOVING_MS_EACH, MOVING_AT_MOST_MS)
    if (now - this.#toldAt < Math.max(TELL_EVERY_MS, rest)) return false
    this.#told = count
    this.#toldAt = now
    return true
  }
}
