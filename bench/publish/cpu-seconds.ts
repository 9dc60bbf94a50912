import { readdirSync, readFileSync } from 'node:fs'

const TICKS_A_SECOND = 100

/** CPU seconds of a process, of its children, and of those that have ended: a Postgres is many processes. */
export function cpuSeconds(pid: number): number {
  const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const stats = [...all.map(Number)].flatMap((one) => statOf(one) ?? [])
  const ticks = stats
    .filter((stat) => stat.pid === pid || stat.parent === pid)
    .reduce((sum, { own, ended }) => sum + own + ended, 0)
  return ticks / TICKS_A_SECOND
}

function statOf(pid: number): { pid: number; parent: number; own: number; ended: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name may hold blanks; it stands in brackets, before the rest.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const field = (n: number): number => Number(fields[n - 3])
    return { pid, parent: field(4), own: field(14) + field(15), ended: field(16) + field(17) }
  } catch {
    return undefined
  }
}
