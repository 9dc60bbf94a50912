/** Milliseconds of sending after which the event loop gets to everything else, such as posts. */
const SLICE_MS = 4

/** Pieces of work that are let through together; what they do is done after the slice that let them through. */
const AT_ONCE = 32

export interface Work {
  /** Works until about `until` (of `performance.now()`); true where more is left. */
  run(until: number): boolean
}

/**
 * Shares the event loop among all that is to be sent: a slice, then whatever else the loop has, then the next slice.
 * What is added leaves in the same turn of the loop where there is nothing else to do.
 */
export class Turns {
  #queue: Work[] = []
  #scheduled = false
  #waiting: (() => void)[] = []
  readonly #admission: Work = {
    run: () => {
      for (const resolve of this.#waiting.splice(0, AT_ONCE)) resolve()
      // Those who were let through go on only when this slice is over: the others wait for another one.
      if (this.#waiting.length > 0) setImmediate(() => this.add(this.#admission))
      return false
    },
  }

  add(work: Work): void {
    this.#queue.push(work)
    this.#schedule()
  }

  /** Resolves when there is time for a small piece of work; many who wait are let through a slice at a time. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (this.#waiting.length === 1) this.add(this.#admission)
    })
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#scheduled = false
    const until = performance.now() + SLICE_MS
    do {
      const work = this.#queue.shift()
      if (!work) return
      if (work.run(until)) this.#queue.push(work)
    } while (performance.now() < until)
    if (this.#queue.length > 0) this.#schedule()
  }
}
