import { readdirSync, readFileSync } from 'node:fs'

interface Process {
  readonly pid: number
  readonly parent: number
  /** One letter as the kernel gives it: `T` is stopped, `Z` dead and not yet fetched. */
  readonly state: string
}

/** Processes of this machine that have not ended. Linux only. */
function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // The name in brackets may itself have spaces and brackets.
        const rest = readFileSync(`/proc/${name}/stat`, 'latin1')
          .replace(/^.*\) /s, '')
          .split(' ')
        const [state = '', parent] = rest
        return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), state }]
      } catch {
        return []
      }
    })
}

/** A process and everything that it and its children started, parents first. */
export function processTree(root: number): Process[] {
  const all = processes()
  const tree = all.filter(({ pid }) => pid === root)
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid))
  return tree
}

/** Sends a signal to a process and everything below it, also to what is started meanwhile; returns whom it met. */
export function signalTree(root: number, signal: NodeJS.Signals): number[] {
  const met = new Set<number>()
  for (let before = -1; before < met.size; ) {
    before = met.size
    for (const { pid } of processTree(root)) {
      if (met.has(pid)) continue
      met.add(pid)
      try {
        process.kill(pid, signal)
      } catch {}
    }
  }
  return [...met]
}

/** Whether a process and everything below it is stopped. */
export function isStopped(root: number): boolean {
  const tree = processTree(root)
  return tree.length > 0 && tree.every(({ state }) => state === 'T' || state === 't')
}

export function isAlive(pid: number): boolean {
  return processes().some((process) => process.pid === pid)
}
