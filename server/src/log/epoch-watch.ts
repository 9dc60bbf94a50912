import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import { isOfTheDatabase, isUnavailability } from '../db/or-unavailable.ts'
import { type Logger, rareLine } from '../logger.ts'
import { checkEpochs } from './check-epochs.ts'

/** Milliseconds between attempts while the database is away. */
const PAUSE_MS = 500

interface Parts {
  readonly database: Database
  readonly log: Logger
}

/** Looks, whenever connections were lost, whether the database that is reached now is still the same. */
export class EpochWatch {
  readonly #parts: Parts
  readonly #closing = new AbortController()
  readonly #unknown: (error: unknown) => void
  #due = false
  #checking: Promise<void> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.#unknown = rareLine(parts.log, 'whether the database is another one is not known yet')
    parts.database.onLost(() => {
      this.#due = true
      this.#checking ??= this.#check().finally(() => {
        this.#checking = undefined
      })
    })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#checking
  }

  async #check(): Promise<void> {
    const { database, log } = this.#parts
    while (this.#due && !this.#closing.signal.aborted) {
      this.#due = false
      try {
        const renewed = await checkEpochs(database)
        if (renewed > 0) log.warn(`the database is another one than before: ${renewed} rooms begin anew`)
      } catch (error) {
        if ((error as { code?: string }).code === 'CONNECTION_ENDED') return
        if (!isOfTheDatabase(error))
          return log.error({ err: error }, 'whether the database is another one is not known')
        // A standby cannot tell; promoted, it is another one without that a connection is lost again.
        if (!isUnavailability(error)) this.#unknown(error)
        this.#due = true
        await sleep(PAUSE_MS, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {})
      }
    }
  }
}
