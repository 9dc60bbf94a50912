import { readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/** `pid` and every Node process below it; the Postgres that the product brings is another matter. */
export function nodeProcesses(pid: number): number[] {
  const found = [pid]
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const child = Number(name)
    if (parentOf(child) === pid && commandOf(child).includes('main.ts')) found.push(...nodeProcesses(child))
  }
  return found
}

/** Proportional set size, in bytes. */
export function memoryOf(pids: readonly number[]): number {
  return sum(pids, (pid) => kilobytes(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'), 'Pss') * 1024)
}

/** CPU seconds used so far. */
export function cpuOf(pids: readonly number[]): number {
  return sum(pids, (pid) => {
    const fields = statOf(pid)
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
  })
}

/** What the kernel keeps in its own structures, sockets among them, in bytes; of the whole machine. */
export function kernelMemory(): number {
  return kilobytes(readFileSync('/proc/meminfo', 'utf8'), 'Slab') * 1024
}

function sum(pids: readonly number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0)
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1])
}

/** The fields of `/proc/PID/stat` after the name: state, parent, …, utime (11), stime (12). */
function statOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(statOf(pid)[1])
  } catch {
    return undefined
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}
