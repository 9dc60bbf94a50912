import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import type { Logger } from '../logger.ts'
import { giveTurnBack, takeTurn } from './turn.ts'

/** Milliseconds between looks at what is due, and before what failed is tried again. */
const LOOK_MS = 60_000
const AGAIN_MS = 600_000

/** Work in the background that one process of a deployment does at a time. */
export interface Job {
  readonly name: string
  readonly everyMs: number
  /** Rejects where it is to be tried again soon. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** Does each job when it is due, one after the other, until it is closed. */
export class Jobs {
  readonly #closing = new AbortController()
  readonly #running: Promise<void>

  constructor(database: Database, jobs: readonly Job[], log: Logger, lookMs = LOOK_MS) {
    this.#running = this.#go(database, jobs, log, lookMs)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #go(database: Database, jobs: readonly Job[], log: Logger, lookMs: number): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      for (const job of jobs) await this.#try(database, job, log)
      await sleep(lookMs * (0.75 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => {})
    }
  }

  async #try(database: Database, { name, everyMs, run }: Job, log: Logger): Promise<void> {
    const { signal } = this.#closing
    try {
      if (signal.aborted || !(await takeTurn(database, name, everyMs))) return
      try {
        await run(signal)
      } catch (error) {
        await giveTurnBack(database, name, everyMs, signal.aborted ? 0 : AGAIN_MS)
        throw error
      }
    } catch (err) {
      if (!signal.aborted) log.error({ err, job: name }, 'a job failed, and is tried again')
    }
  }
}
