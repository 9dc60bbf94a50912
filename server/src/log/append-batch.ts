import type { Database } from '../db/database.ts'
import { deadline } from '../db/deadline.ts'
import type { Pending } from './pending.ts'
import type { RequestResult } from './request-result.ts'

/** Milliseconds after which an answer is not waited for any longer; Postgres and the connection give up before. */
const DEADLINE_MS = 8_000

/** Writes a batch: one statement, one transaction, one round trip. `waitMs` is for rooms that others hold; 0 skips. */
export async function appendBatch(
  { sql }: Database,
  batch: readonly Pending[],
  waitMs: number,
): Promise<readonly RequestResult[]> {
  const requests = `[${batch.map((pending) => pending.json).join(',')}]`
  const rooms = [...new Set(batch.map((pending) => pending.room.id as number))]
  const rows = sql<RequestResult[]>`SELECT * FROM append_changes(${requests}, ${rooms}::bigint[], ${waitMs})`
  return deadline(rows, DEADLINE_MS, () => Object.assign(new Error('no answer'), { code: 'SILENT' }))
}
