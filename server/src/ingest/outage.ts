import { setTimeout as sleep } from 'node:timers/promises'

/** How often the log is asked whether it is back. */
const ASK_EVERY_MS = 300

/** Knows from one post's failure that the log is away, so that the next ones need not wait to find out. */
export class Outage {
  readonly #answers: () => Promise<boolean>
  readonly #beforeReturn: () => Promise<unknown>
  readonly #closing = new AbortController()
  #asking = false
  #away = false
  /** For the figures of an operator. */
  count = 0

  /**
   * `answers` tells within a second whether the log does; `beforeReturn` is done when it does again, before posts go
   * to it: what waits by then must be known.
   */
  constructor(answers: () => Promise<boolean>, beforeReturn: () => Promise<unknown>) {
    this.#answers = answers
    this.#beforeReturn = beforeReturn
  }

  get away(): boolean {
    return this.#away
  }

  /** Something could not be stored: finds out whether the log is away, and when it is back. */
  suspect(): void {
    if (!this.#asking) void this.#watch()
  }

  close(): void {
    this.#closing.abort()
  }

  async #watch(): Promise<void> {
    this.#asking = true
    const { signal } = this.#closing
    while (!signal.aborted && !(await this.#answers())) {
      if (!this.#away) this.count += 1
      this.#away = true
      await sleep(ASK_EVERY_MS, undefined, { signal }).catch(() => {})
    }
    await this.#beforeReturn()
    this.#away = false
    this.#asking = false
  }
}
