import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../../logger.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import type { PostgresHome } from './postgres-home.ts'
import { endLeftOver, startPostmaster, stopPostmaster } from './postmaster.ts'

/** Milliseconds before a Postgres that died is started again: doubled from the first to the last. */
const FIRST_PAUSE = 100
const LAST_PAUSE = 5_000
/** Milliseconds that it must have stood for the pauses to begin anew. */
const STEADY = 60_000
/** Ports tried: somebody else may take one between our finding it free and Postgres opening it. */
const PORTS = 3

interface Parts {
  readonly home: PostgresHome
  readonly binaries: PostgresBinaries
  readonly log: Logger
  readonly logFile: string
}

/** Keeps one Postgres running, on one port, until it is told to stop. */
export class Keeper {
  readonly #parts: Parts
  readonly #stopping = new AbortController()
  #child: ChildProcess | undefined
  #watching: Promise<void> = Promise.resolve()
  #port = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get port(): number {
    return this.#port
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Resolves once it was stopped for good. */
  get exited(): Promise<void> {
    return this.#watching
  }

  async start(): Promise<void> {
    for (let left = PORTS; !this.#child; ) {
      this.#port = await freePort()
      await this.#startOnce().catch((error) => {
        left -= 1
        if (left === 0) throw error
      })
    }
    this.#watching = this.#watch()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    // A child that nobody waits for does not keep this process alive.
    this.#child?.ref()
    if (this.#isRunning()) await stopPostmaster(this.pid, this.#parts.home, this.#parts.binaries)
    await this.#watching
  }

  #isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  async #startOnce(): Promise<void> {
    const { home, binaries, logFile } = this.#parts
    this.#child = await startPostmaster(home, binaries, this.#port, logFile)
  }

  async #watch(): Promise<void> {
    const { log } = this.#parts
    for (let pause = FIRST_PAUSE; ; ) {
      const began = performance.now()
      if (this.#isRunning()) await once(this.#child as ChildProcess, 'exit')
      if (this.#stopping.signal.aborted) return
      if (performance.now() - began > STEADY) pause = FIRST_PAUSE
      log.error(`Postgres has ended: starting it again in ${pause} ms`)
      await sleep(pause, undefined, { signal: this.#stopping.signal }).catch(() => {})
      if (this.#stopping.signal.aborted) return
      pause = Math.min(2 * pause, LAST_PAUSE)
      await this.#restart()
    }
  }

  async #restart(): Promise<void> {
    const { home, binaries, log } = this.#parts
    try {
      await endLeftOver(home, binaries)
      await this.#startOnce()
      log.info('Postgres runs again')
    } catch (error) {
      log.error({ err: error }, 'Postgres could not be started')
    }
    if (this.#stopping.signal.aborted && this.#isRunning()) await stopPostmaster(this.pid, home, binaries)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
