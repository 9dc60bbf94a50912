import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { prune } from '../log/prune.ts'
import type { Job } from './jobs.ts'

const EVERY_MS = 3_600_000

/** Forgets the past beyond the retention; undefined where all of it is kept. */
export function pruneJob({ retentionMs }: Pick<Config, 'retentionMs'>, database: Database): Job | undefined {
  if (retentionMs === 0) return undefined
  return {
    name: 'prune',
    everyMs: EVERY_MS,
    run: async (signal) => void (await prune(database, retentionMs, signal)),
  }
}
