import { setTimeout as sleep } from 'node:timers/promises'
import type { FloodPlan } from './flood-plan.ts'
import { FloodReaders } from './flood-readers.ts'
import { Poster, type Posting } from './poster.ts'
import { type Spread, spread } from './spread.ts'

export interface Flood extends FloodPlan, Posting {
  readonly warmupSeconds: number
  readonly seconds: number
  /** Where the readers run, where a core can be chosen. */
  readonly core: number
}

export interface FloodFigures {
  readonly seconds: number
  /** Posts in the measured time, and what was answered instead. */
  readonly accepted: number
  readonly refused: ReadonlyMap<string, number>
  /** Why how many were sent again, with the same id. */
  readonly again: ReadonlyMap<string, number>
  /** Milliseconds from when a post was due to its `201`. */
  readonly post: Spread
  /** … to the last of its readers. */
  readonly last: Spread
  readonly deliveries: number
  readonly bytes: number
  /** Accepted items that did not come to each reader exactly once; connections that ended. */
  readonly missing: number
  readonly uneven: number
  readonly lost: number
}

/** The longest that items may be on their way when posting has ended. */
const PATIENCE_MS = 20_000

/**
 * Opens the readers, posts, and measures. `measured` is told of beginning and end, of a moment after it when all are
 * still there and nothing is timed any more, and of the load's processes.
 */
export async function flood(
  plan: Flood,
  measured: (
    moment: 'begins' | 'ends' | 'afterwards',
    pids: readonly number[],
  ) => void | Promise<void> = () => {},
): Promise<FloodFigures> {
  const readers = await FloodReaders.open(plan, plan.core)
  const poster = new Poster(plan, plan)
  try {
    poster.start()
    await sleep(plan.warmupSeconds * 1000)
    const early = poster.take()
    const before = await readers.report()
    await measured('begins', readers.pids)
    const begun = performance.now()
    await sleep(plan.seconds * 1000)
    await measured('ends', readers.pids)
    const seconds = (performance.now() - begun) / 1000
    const posted = poster.take()
    const after = await readers.report()
    await measured('afterwards', readers.pids)
    await poster.stop()
    const late = poster.take()
    const last = new Map([...before.last, ...after.last])
    const all = [early, posted, late].flatMap(({ sequences }) => sequences)
    const wanted = all.filter((sequence) => readers.audienceOf(sequence) > 0)
    const { uneven, lost } = await arrived(readers, wanted, last)
    const times = posted.sequences.flatMap((sequence) => last.get(sequence) ?? [])
    return {
      seconds,
      accepted: posted.sequences.length,
      refused: posted.refused,
      again: posted.again,
      post: spread(posted.latencies),
      last: spread(times.sort((a, b) => a - b)),
      deliveries: after.deliveries - before.deliveries,
      bytes: after.bytes - before.bytes,
      missing: wanted.filter((sequence) => !last.has(sequence)).length,
      uneven,
      lost,
    }
  } finally {
    await poster.stop()
    await readers.end()
  }
}

/** Waits until everybody has everything, as long as that can take; `last` grows meanwhile. */
async function arrived(readers: FloodReaders, wanted: readonly number[], last: Map<number, number>) {
  for (const end = performance.now() + PATIENCE_MS; ; await sleep(100)) {
    const told = await readers.report()
    for (const [sequence, ms] of told.last) last.set(sequence, ms)
    if (performance.now() > end || wanted.every((sequence) => last.has(sequence))) return told
  }
}
