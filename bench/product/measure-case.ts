import { type FloodFigures, flood } from '../flood/flood.ts'
import { cpuSeconds } from '../publish/cpu-seconds.ts'
import { OTHER_CORE, type Stage, type Used } from './open-stage.ts'

export interface ProductCase {
  readonly readers: number
  /** Of the stage's, the first so many; all where nothing is said. */
  readonly rooms?: number
  readonly roomsEach: number
  readonly perSecond: number
  readonly seconds: number
}

/** Shares of a core, while it was measured; `load` are the readers' processes and the one that posts. */
export interface ProductFigures extends FloodFigures {
  readonly cpu: Used & { readonly load: number }
  /** Bytes of the nodes while everybody was there, after a collection. */
  readonly memory: number
}

const SIZE = 300
const WARMUP_SECONDS = 3

/** Floods the stage's rooms. Throws where anybody missed anything: then there is nothing to measure. */
export async function measureCase(stage: Stage, one: ProductCase): Promise<ProductFigures> {
  const all = (pids: readonly number[]) => ({
    ...stage.used(),
    load: pids.concat(process.pid).reduce((sum, pid) => sum + ownSeconds(pid), 0),
  })
  let [before, after] = [all([]), all([])]
  let memory = 0
  const plan = {
    ...one,
    urls: stage.urls,
    rooms: stage.rooms.slice(0, one.rooms),
    posters: stage.posters,
    size: SIZE,
    warmupSeconds: WARMUP_SECONDS,
    core: OTHER_CORE,
  }
  const figures = await flood(plan, async (moment, pids) => {
    if (moment === 'begins') before = all(pids)
    else if (moment === 'ends') after = all(pids)
    // A collection stops the node: posts that waited for it would be counted as the product's.
    else memory = await stage.memory()
  })
  const { missing, uneven, lost, refused, seconds } = figures
  if (missing + uneven + lost + refused.size > 0)
    throw new Error(
      `${missing} items missing, ${uneven} readers uneven, ${lost} lost; ${[...refused].join(' ')}`,
    )
  for (const [why, count] of figures.again) console.log(`${count} posts were sent again: ${why}`)
  const share = (part: keyof typeof after): number => (after[part] - before[part]) / seconds
  const cpu = {
    nodes: share('nodes'),
    postgres: share('postgres'),
    redis: share('redis'),
    load: share('load'),
  }
  return { ...figures, cpu, memory }
}

/** Without its children: these are counted one by one, or belong to another part. */
function ownSeconds(pid: number): number {
  if (pid !== process.pid) return cpuSeconds(pid)
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}
