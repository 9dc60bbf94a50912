import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import { isOfTheDatabase, isUnavailability } from '../db/or-unavailable.ts'
import { type Logger, rareLine } from '../logger.ts'
import { Problem } from '../problem.ts'
import { checkEpochs } from './check-epochs.ts'

/** Milliseconds between attempts while the database is away. */
const PAUSE_MS = 250

interface Parts {
  readonly database: Database
  readonly log: Logger
}

/** Looks, whenever connections were lost, whether the database that is reached now is still the same. */
export class EpochWatch {
  readonly #parts: Parts
  readonly #closing = new AbortController()
  readonly #unknown: (error: unknown) => void
  /** How often connections were lost, and of how many of these losses it is known what was found after them. */
  #losses = 0
  #known = 0
  #look: Promise<boolean> = Promise.resolve(true)
  #checking: Promise<void> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
    this.#unknown = rareLine(parts.log, 'whether the database is another one is not known yet')
    parts.database.onLost(() => {
      this.#losses += 1
      this.#begin()
    })
  }

  /**
   * Undefined where it is the database that it was. What is appended to another one before its rooms began anew would
   * be told to readers who hold what that one never knew, so it is refused for as long as this is not known.
   */
  async doubt(): Promise<Problem | undefined> {
    if (this.#isInDoubt) await this.#look
    return this.#isInDoubt ? new Problem('unavailable', undefined, 1) : undefined
  }

  get #isInDoubt(): boolean {
    return this.#known < this.#losses
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#checking
  }

  #begin(): void {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined
      // Lost in the moment in which the last look had ended: a doubt that nobody ends would refuse for ever.
      if (this.#isInDoubt && !this.#closing.signal.aborted) this.#begin()
    })
  }

  async #check(): Promise<void> {
    const { signal } = this.#closing
    while (this.#isInDoubt && !signal.aborted) {
      this.#look = this.#lookOnce()
      if (!(await this.#look)) await sleep(PAUSE_MS, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  /** False where it could not be told. Never rejects. */
  async #lookOnce(): Promise<boolean> {
    const { database, log } = this.#parts
    const losses = this.#losses
    try {
      const renewed = await checkEpochs(database)
      if (renewed > 0) log.warn(`the database is another one than before: ${renewed} rooms begin anew`)
    } catch (error) {
      if (isOfTheDatabase(error)) {
        // A standby cannot tell; promoted, it is another one without that a connection is lost again.
        if (!isUnavailability(error)) this.#unknown(error)
        return false
      }
      if ((error as { code?: string }).code !== 'CONNECTION_ENDED')
        log.error({ err: error }, 'whether the database is another one is not known')
    }
    this.#known = losses
    return true
  }
}
