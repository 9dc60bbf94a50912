import type { Ending } from './transport.ts'

const BASE_MS = 1000
const MOST_MS = 30_000
/** How often in a row a transport that once worked may fail before the next one is tried. */
const PATIENCE = 3
const LAST_RUNG = 2

/**
 * Chooses between the three transports, best first, without being told anything about the network: one that never
 * says a word is left for the next, and the best that ever did is gone back to when one after it has ended. Waits
 * are drawn with full jitter, so that those who were thrown out together do not come back together.
 */
export class Ladder {
  rung = 0
  /** The first that has worked on this page. */
  #best: number | undefined
  #failures = 0
  #tries = 0
  readonly #random: () => number

  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** The transport told something. */
  works(): void {
    this.#best = Math.min(this.#best ?? this.rung, this.rung)
    this.#failures = 0
  }

  /** It has worked for a while: the next wait is a short one again. */
  steady(): void {
    this.#tries = 0
  }

  /** How many milliseconds to wait; `rung` says for which transport. `worked`: whether the one that ended told anything. */
  next({ clean, afterMs }: Ending, worked: boolean): number {
    if (afterMs !== undefined) return afterMs + this.#random() * Math.max(afterMs / 2, BASE_MS)
    if (worked && this.rung !== this.#best) {
      // One failure there, and it is this one's turn again.
      this.rung = this.#best ?? 0
      this.#failures = PATIENCE
    } else if (!worked && !clean) {
      this.#failures += 1
      const known = this.#best === this.rung && this.#failures < PATIENCE
      if (!known && this.rung < LAST_RUNG) {
        this.rung += 1
        return 0
      }
      this.rung = this.#best ?? 0
    }
    const most = clean ? BASE_MS : Math.min(MOST_MS, BASE_MS * 2 ** this.#tries++)
    return this.#random() * most
  }
}
