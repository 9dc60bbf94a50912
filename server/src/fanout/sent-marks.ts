/** What was sent so long ago has been drawn by whoever keeps up: they confirm within 2 s of drawing it. */
const SETTLED_MS = 5000
const EVERY_MS = 1000

/** Remembers for some seconds how far readers were sent. Times in milliseconds of any clock. */
export class SentMarks {
  #marks: { readonly at: number; readonly rev: number }[] = []
  #settled = 0

  /** Everything up to `rev` has been sent. */
  add(now: number, rev: number): void {
    const last = this.#marks.at(-1)
    if (last && now - last.at < EVERY_MS) return
    this.settled(now)
    this.#marks.push({ at: now, rev })
  }

  /** Up to where everything was sent some seconds ago. */
  settled(now: number): number {
    while (this.#marks[0] && now - this.#marks[0].at >= SETTLED_MS)
      this.#settled = (this.#marks.shift() as { rev: number }).rev
    return this.#settled
  }

  restart(): void {
    this.#marks = []
    this.#settled = 0
  }
}
