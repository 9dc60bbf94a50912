import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { ONE_HELPER } from '../../server/src/one-core.ts'

/** True where the server can have one core, and what stands around it another. */
export const canPin = availableParallelism() > 1 && hasTaskset()

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['-c', '0,1', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Moves a running process, and those that it starts from now on, to a core. */
export function pin(pid: number, core: number): void {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' })
}

/** Runs a script of this folder on a core; resolves with the one line of JSON that it prints. */
export async function runPinned<T>(
  core: number,
  script: string,
  plan: object,
  flags: readonly string[] = [],
): Promise<T> {
  const path = fileURLToPath(new URL(script, import.meta.url))
  const args = [...flags, path, JSON.stringify(plan)]
  const [command, all] = canPin
    ? ['taskset', ['-c', String(core), process.execPath, ONE_HELPER, ...args]]
    : [process.execPath, args]
  const child = spawn(command as string, all as string[], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const line = firstLine(child).catch(() => undefined)
  const [code] = await exited
  const text = await line
  if (code !== 0 || text === undefined) throw new Error(`${script} ended with ${code}`)
  return JSON.parse(text) as T
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('nothing to read from')
  const lines = createInterface(child.stdout)
  return new Promise((resolve, reject) => {
    lines.once('line', resolve)
    lines.once('close', () => reject(new Error('it said nothing')))
  })
}
