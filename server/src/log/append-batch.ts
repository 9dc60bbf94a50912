import type { Database } from '../db/database.ts'
import type { Pending } from './pending.ts'
import type { RequestResult } from './request-result.ts'

/** Writes a batch: one statement, one transaction, one round trip. `waitMs` is for rooms that others hold; 0 skips. */
export async function appendBatch(
  { sql }: Database,
  batch: readonly Pending[],
  waitMs: number,
): Promise<readonly RequestResult[]> {
  const requests = `[${batch.map((pending) => pending.json).join(',')}]`
  const rooms = [...new Set(batch.map((pending) => pending.room.id as number))]
  return sql<RequestResult[]>`SELECT * FROM append_changes(${requests}, ${rooms}::bigint[], ${waitMs})`
}
