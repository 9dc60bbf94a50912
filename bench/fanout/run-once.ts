import { fileURLToPath } from 'node:url'
import { endChild, firstLine, startPinned } from '../pinned-node.ts'
import type { Contestant } from './contestants.ts'
import type { LoadPlan, LoadResult } from './load/main.ts'

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** Starts a server on the first core and the load on the second, and ends both. */
export async function runOnce(
  contestant: Contestant,
  plan: Omit<LoadPlan, 'port' | 'control' | 'dialect'>,
  nodeFlags: readonly string[] = [],
): Promise<LoadResult> {
  const server = startPinned(0, [...nodeFlags, pathOf(`servers/${contestant.script}`)])
  try {
    const { port, control } = JSON.parse(await firstLine(server)) as { port: number; control: number }
    const full: LoadPlan = { ...plan, port, control, dialect: contestant.dialect }
    const load = startPinned(1, [pathOf('load/main.ts'), JSON.stringify(full)])
    try {
      return JSON.parse(await firstLine(load)) as LoadResult
    } finally {
      await endChild(load)
    }
  } finally {
    await endChild(server)
  }
}
