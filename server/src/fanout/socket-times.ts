import { metrics } from '../metrics/metrics.ts'

/** Beyond so many a pass nothing new is learnt. */
const MOST = 1000

/** Times posts from their request to the end of the pass that brought them to the last reader. */
export class SocketTimes {
  #due: number[] = []
  #going: number[] = []

  /** A post that was asked for at `since`, of the process's clock, is due to readers. */
  add(since: number | undefined): void {
    if (since !== undefined && this.#due.length < MOST) this.#due.push(since)
  }

  /** A pass begins: it reaches everybody with what is due. */
  begin(): void {
    this.#going = this.#due
    this.#due = []
  }

  /** The pass has been over all `readers`; where there are none nothing was sent. */
  end(readers: number): void {
    if (this.#going.length === 0) return
    const now = performance.now()
    if (readers > 0)
      for (const since of this.#going) metrics.postToSocketSeconds.observe((now - since) / 1000)
    this.#going = []
  }
}
