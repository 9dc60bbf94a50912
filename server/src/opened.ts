import type { Logger } from './logger.ts'

/** What was opened, to be closed in turn, the newest first. */
export class Opened {
  readonly #closers: (() => Promise<void>)[] = []

  add(close: () => Promise<void>): void {
    this.#closers.push(close)
  }

  readonly close = async (): Promise<void> => {
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) await close()
  }

  /** What was begun is ended where it fails. */
  async orClose<T>(log: Logger, begin: () => Promise<T>): Promise<T> {
    try {
      return await begin()
    } catch (error) {
      await this.close().catch((err: unknown) => log.error({ err }, 'could not end what had been begun'))
      throw error
    }
  }
}
