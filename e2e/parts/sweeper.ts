import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/**
 * Ends what a process of the tests started and forgot: other processes and folders, also when that process was
 * killed. A small process of its own hears of each one over a pipe; when the pipe closes, whatever the reason, it
 * ends what is left. Ctrl-C does not reach it, because it leads a group of its own.
 */
class Sweeper {
  #child: ChildProcess | undefined

  /** `signal` is the polite one; what does not follow it within a few seconds is killed. */
  watchProcess(pid: number, signal: NodeJS.Signals): void {
    this.#tell({ pid, signal })
  }

  forgetProcess(pid: number): void {
    this.#tell({ gone: pid })
  }

  watchFolder(folder: string): void {
    this.#tell({ folder })
  }

  #tell(message: object): void {
    if (!this.#child) {
      const script = fileURLToPath(new URL('sweep.ts', import.meta.url))
      this.#child = spawn(process.execPath, [script], {
        detached: true,
        stdio: ['pipe', 'ignore', 'inherit'],
      })
      this.#child.unref()
      // Otherwise the pipe alone would keep this process alive.
      ;(this.#child.stdin as unknown as { unref(): void }).unref()
      this.#child.stdin?.on('error', () => {})
    }
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`)
  }
}

/** The one of this process. */
export const sweeper = new Sweeper()
