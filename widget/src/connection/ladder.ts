import type { Ending } from './transport.ts'

/** What to do after a connection ended: which transport, and after how many milliseconds. */
export interface Step {
  readonly rung: number
  readonly delay: number
}

const BASE_MS = 1000
const MOST_MS = 30_000
/** How often in a row a transport that once worked may fail before the next one is tried. */
const PATIENCE = 3

/**
 * Chooses between the transports, best first, without being told anything about the network: one that never says a
 * word is left for the next, the first that does is kept for the page. Waits are drawn with full jitter, so that
 * those who were thrown out together do not come back together.
 */
export class Ladder {
  #rung = 0
  #best: number | undefined
  #failures = 0
  #tries = 0
  readonly #last: number
  readonly #random: () => number

  constructor(rungs: number, random: () => number = Math.random) {
    this.#last = rungs - 1
    this.#random = random
  }

  get rung(): number {
    return this.#rung
  }

  /** The transport told something. */
  works(): void {
    this.#best = this.#rung
    this.#failures = 0
  }

  /** It has worked for a while: the next wait is a short one again. */
  steady(): void {
    this.#tries = 0
  }

  /** Another network: what was learned of the old one is worth nothing. */
  forget(): void {
    this.#best = undefined
    this.#rung = this.#failures = this.#tries = 0
  }

  /** `worked` says whether the connection that ended had told anything. */
  next({ clean, afterMs }: Ending, worked: boolean): Step {
    if (afterMs !== undefined) return this.#wait(afterMs, Math.max(afterMs / 2, BASE_MS))
    if (clean) return this.#wait(0, BASE_MS)
    if (!worked) {
      this.#failures += 1
      const known = this.#best === this.#rung && this.#failures < PATIENCE
      if (!known && this.#rung < this.#last) {
        this.#rung += 1
        return { rung: this.#rung, delay: 0 }
      }
      this.#rung = this.#best ?? 0
    }
    return this.#wait(0, Math.min(MOST_MS, BASE_MS * 2 ** this.#tries++))
  }

  #wait(least: number, spread: number): Step {
    return { rung: this.#rung, delay: least + this.#random() * spread }
  }
}
