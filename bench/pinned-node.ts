import { type ChildProcess, execFileSync, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { ONE_HELPER } from '../server/src/one-core.ts'

/** True where the server can have one core and the load another. */
export const canPin = availableParallelism() > 1 && hasTaskset()

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-c', '0,1', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Starts Node on one core, where that can be had, and as Halley starts itself there: see `one-core.ts`. */
export function startPinned(
  core: number,
  args: readonly string[],
  {
    env = process.env,
    stdio = ['ignore', 'pipe', 'inherit'],
  }: { env?: NodeJS.ProcessEnv; stdio?: StdioOptions } = {},
): ChildProcess {
  const [command, all] = canPin
    ? ['taskset', ['-c', String(core), process.execPath, ONE_HELPER, ...args]]
    : [process.execPath, args]
  return spawn(command as string, all as string[], { stdio, env })
}

/** The first line that a child says; rejects where it ends without a word. */
export async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('nothing to read from')
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`ended with ${code} before it said anything`)
  })
  const line = once(createInterface(child.stdout), 'line').then(([text]) => text as string)
  return Promise.race([line, ended])
}

export async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
