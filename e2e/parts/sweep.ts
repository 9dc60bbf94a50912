// The sweeper's own process: see sweeper.ts. It ends by itself when the pipe that it reads closes.
import { readFileSync, rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const processes = new Map<number, { signal: NodeJS.Signals; began: string | undefined }>()
const folders = new Set<string>()

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as {
    pid?: number
    signal?: NodeJS.Signals
    gone?: number
    folder?: string
  }
  if (message.pid && message.signal)
    processes.set(message.pid, { signal: message.signal, began: beginOf(message.pid) })
  if (message.gone) processes.delete(message.gone)
  if (message.folder) folders.add(message.folder)
}

for (const [pid, { signal }] of processes) send(pid, signal)
for (let waited = 0; waited < 5000 && [...processes.keys()].some((pid) => send(pid, 0)); waited += 50) {
  await sleep(50)
}
for (const pid of processes.keys()) send(pid, 'SIGKILL')
for (const folder of folders)
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })

/** Numbers are used again: one that now belongs to another process is left alone. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (beginOf(pid) !== processes.get(pid)?.began) return false
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** When it began, in ticks since the machine did; undefined where there is none, or where no system tells. */
function beginOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
