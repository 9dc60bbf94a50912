import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { sweeper } from './sweeper.ts'
import { until } from './until.ts'

/** A program that a test started: its output is kept, and it ends at the latest when the test's process does. */
export class Child {
  readonly process: ChildProcess
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>
  #output = ''

  /** `polite` is the signal that asks this program to end. */
  constructor(command: string, args: readonly string[], polite: NodeJS.Signals, options: SpawnOptions = {}) {
    this.process = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    const pid = this.process.pid
    if (pid) sweeper.watchProcess(pid, polite)
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-1_000_000)
      })
    }
    this.exited = new Promise((resolve) => {
      this.process.once('error', (error) => {
        this.#output += String(error)
        resolve(-1)
      })
      this.process.once('close', (code, signal) => {
        if (pid) sweeper.forgetProcess(pid)
        resolve(code ?? signal ?? -1)
      })
    })
  }

  get pid(): number {
    return this.process.pid ?? 0
  }

  get running(): boolean {
    return (
      this.process.pid !== undefined && this.process.exitCode === null && this.process.signalCode === null
    )
  }

  /** What it has printed, at most the last megabyte. */
  get output(): string {
    return this.#output
  }

  /**
   * Resolves with what `ready` gives, once it gives something. Rejects with what was printed: at once where the program
   * has ended, else after `seconds`.
   */
  async begun<T>(
    what: string,
    ready: () => T | undefined | Promise<T | undefined>,
    seconds = 60,
  ): Promise<T> {
    let given: T | undefined
    try {
      // Not thrown in there, which would be tried again.
      await until(
        what,
        async () => {
          if (!this.running) return true
          given = await ready()
          return given
        },
        seconds,
      )
      if (!given || !this.running) throw new Error(`it has ended: ${await this.exited}`)
      return given
    } catch (error) {
      throw new Error(`waited in vain for ${what}; it said:\n${this.output}`, { cause: error })
    }
  }

  /** Sends a signal and waits for the end; kills it after `seconds`. */
  async end(signal: NodeJS.Signals, seconds = 10): Promise<number | NodeJS.Signals> {
    if (this.running) this.process.kill(signal)
    const timer = setTimeout(() => this.process.kill('SIGKILL'), seconds * 1000)
    return this.exited.finally(() => clearTimeout(timer))
  }
}
