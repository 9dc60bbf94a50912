import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { canPin, startPinned } from '../pinned-node.ts'

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
  const child = startPinned(core, [...flags, path, JSON.stringify(plan)])
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
