// The sweeper's own process: see sweeper.ts. It ends by itself when the pipe that it reads closes.
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const processes = new Map<number, NodeJS.Signals>()
const folders = new Set<string>()

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as {
    pid?: number
    signal?: NodeJS.Signals
    gone?: number
    folder?: string
  }
  if (message.pid && message.signal) processes.set(message.pid, message.signal)
  if (message.gone) processes.delete(message.gone)
  if (message.folder) folders.add(message.folder)
}

for (const [pid, signal] of processes) send(pid, signal)
for (let waited = 0; waited < 5000 && [...processes.keys()].some((pid) => send(pid, 0)); waited += 50) {
  await sleep(50)
}
for (const pid of processes.keys()) send(pid, 'SIGKILL')
for (const folder of folders)
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}
