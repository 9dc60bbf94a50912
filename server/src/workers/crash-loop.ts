/** So many ends within so many milliseconds are no accident. */
const CRASHES = 5
const WITHIN_MS = 60_000

/** Tells workers that end again and again from one that ended. Times in milliseconds of any clock. */
export class CrashLoop {
  #recent: number[] = []
  #on = false

  /** True where this crash makes it a loop. */
  add(now: number): boolean {
    this.#recent = [...this.#recent, now].filter((at) => now - at < WITHIN_MS)
    const begins = !this.#on && this.#recent.length >= CRASHES
    this.#on ||= begins
    return begins
  }

  /** It lasts until a minute has passed without a crash, however long the pauses between them became. */
  on(now: number): boolean {
    if (this.#on && now - (this.#recent.at(-1) ?? now) >= WITHIN_MS) this.#on = false
    return this.#on
  }
}
