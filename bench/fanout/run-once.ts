import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Contestant } from './contestants.ts'
import type { LoadPlan, LoadResult } from './load/main.ts'

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

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

/** Starts a server on the first core and the load on the second, and ends both. */
export async function runOnce(
  contestant: Contestant,
  plan: Omit<LoadPlan, 'port' | 'control' | 'dialect'>,
  nodeFlags: readonly string[] = [],
): Promise<LoadResult> {
  const server = startNode(0, [...nodeFlags, pathOf(`servers/${contestant.script}`)])
  try {
    const { port, control } = JSON.parse(await firstLine(server)) as { port: number; control: number }
    const full: LoadPlan = { ...plan, port, control, dialect: contestant.dialect }
    const load = startNode(1, [pathOf('load/main.ts'), JSON.stringify(full)])
    try {
      return JSON.parse(await firstLine(load)) as LoadResult
    } finally {
      await end(load)
    }
  } finally {
    await end(server)
  }
}

function startNode(core: number, args: readonly string[]): ChildProcess {
  const [command, all] = canPin
    ? ['taskset', ['-c', String(core), process.execPath, ...args]]
    : [process.execPath, args]
  return spawn(command as string, all as string[], { stdio: ['ignore', 'pipe', 'inherit'] })
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('nothing to read from')
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`ended with ${code} before it said anything`)
  })
  const line = once(createInterface(child.stdout), 'line').then(([text]) => text as string)
  return Promise.race([line, ended])
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}
