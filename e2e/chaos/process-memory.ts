import { readFileSync } from 'node:fs'
import { connectionsOf } from '../parts/connections-of.ts'
import { processTree } from '../parts/process-tree.ts'

/** Megabytes, of a server with all its processes. */
export interface Memory {
  /** Resident. */
  readonly process: number
  /** What waits in the kernel on the sockets of its port, to be sent or to be read. */
  readonly sockets: number
  /** What all sockets of this machine take in the kernel, its other programs' too. */
  readonly machine: number
}

const MB = 1_048_576
const PAGE = 4096

export function memoryOf(pid: number, port: number): Memory {
  const kilobytes = processTree(pid).map(({ pid: one }) => {
    try {
      return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1] ?? 0)
    } catch {
      return 0
    }
  })
  const pages = /^TCP: .* mem (\d+)/m.exec(readFileSync('/proc/net/sockstat', 'utf8'))?.[1] ?? 0
  return {
    process: kilobytes.reduce((sum, size) => sum + size, 0) / 1024,
    sockets: connectionsOf(port).reduce((sum, { waiting }) => sum + waiting, 0) / MB,
    machine: (Number(pages) * PAGE) / MB,
  }
}
