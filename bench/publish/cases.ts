import type { EmbeddedPostgres } from '../../server/src/db/embedded-postgres.ts'
import type { Pace } from './pace.ts'
import { runPinned } from './pinned-node.ts'
import { posting } from './posting.ts'
import type { CaseResult } from './print-case.ts'
import type { PublishPlan } from './publisher.ts'

interface Options {
  readonly seconds: number
  readonly warmupSeconds: number
  readonly characters: number
  /** For the Node that is measured. */
  readonly flags: readonly string[]
}

export interface Case {
  readonly name: string
  readonly target: string
  run(postgres: EmbeddedPostgres, options: Options): Promise<CaseResult>
}

function publishing(
  name: string,
  target: string,
  plan: { rooms: number; pace: Pace; checkpoint?: boolean },
): Case {
  const run: Case['run'] = ({ url, pid }, { flags, ...options }) => {
    const full: PublishPlan = { url, postgresPid: pid, checkpoint: false, ...plan, ...options }
    return runPinned<CaseResult>(0, 'publisher.ts', full, flags)
  }
  return { name, target, run }
}

const HALF = 'p99 ≤ 100 ms'

export const CASES: readonly Case[] = [
  publishing('publish, 100 rooms, a checkpoint', '≥ 10,000/s', {
    rooms: 100,
    pace: { inFlight: 1000 },
    checkpoint: true,
  }),
  publishing('publish, 100 rooms, a checkpoint, half', HALF, {
    rooms: 100,
    pace: { perSecond: 5000 },
    checkpoint: true,
  }),
  publishing('publish, 10,000 rooms, a checkpoint', '≥ 7,000/s', {
    rooms: 10_000,
    pace: { inFlight: 1000 },
    checkpoint: true,
  }),
  publishing('publish, 10,000 rooms, a checkpoint, half', HALF, {
    rooms: 10_000,
    pace: { perSecond: 3500 },
    checkpoint: true,
  }),
  publishing('publish, one room', '≥ 10,000/s', { rooms: 1, pace: { inFlight: 1000 } }),
  publishing('publish, one room, half', HALF, { rooms: 1, pace: { perSecond: 5000 } }),
  posting('HTTP, by a key', '≥ 3,000/s', { by: 'key', pace: { inFlight: 128 } }),
  posting('HTTP, by a key, half', HALF, { by: 'key', pace: { perSecond: 1500 } }),
  posting('HTTP, by guests', '≥ 3,000/s', { by: 'guests', pace: { inFlight: 128 } }),
  posting('HTTP, by guests, half', HALF, { by: 'guests', pace: { perSecond: 1500 } }),
  posting('HTTP, by guests, with marks', '≥ 3,000/s', {
    by: 'guests',
    pace: { inFlight: 128 },
    marked: true,
  }),
]
