import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../logger.ts'

/** How often the log is asked whether it is back. */
const ASK_EVERY_MS = 300

/** Knows from one post's failure that the log is away, so that the next ones need not wait to find out. */
export class Outage {
  readonly #answers: () => Promise<boolean>
  readonly #beforeReturn: () => Promise<unknown>
  readonly #log: Pick<Logger, 'warn'>
  readonly #closing = new AbortController()
  #asking = false
  #away = false
  #since = 0
  /** For the figures of an operator. */
  count = 0

  /**
   * `answers` tells within a second whether the log does; `beforeReturn` is done when it does again, before posts go
   * to it: what waits by then must be known.
   */
  constructor(
    answers: () => Promise<boolean>,
    beforeReturn: () => Promise<unknown>,
    log: Pick<Logger, 'warn'>,
  ) {
    this.#answers = answers
    this.#beforeReturn = beforeReturn
    this.#log = log
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

  #begin(): void {
    this.count += 1
    this.#away = true
    this.#since = performance.now()
    this.#log.warn('Postgres takes no posts: they wait in Redis, where that keeps them')
  }

  async #watch(): Promise<void> {
    this.#asking = true
    const { signal } = this.#closing
    while (!signal.aborted && !(await this.#answers())) {
      if (!this.#away) this.#begin()
      await sleep(ASK_EVERY_MS, undefined, { signal }).catch(() => {})
    }
    await this.#beforeReturn()
    if (this.#away && !signal.aborted)
      this.#log.warn(
        { seconds: Math.round((performance.now() - this.#since) / 1000) },
        'Postgres takes posts again',
      )
    this.#away = false
    this.#asking = false
  }
}
