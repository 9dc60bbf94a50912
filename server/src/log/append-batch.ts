import type { RoomFacts } from '@halley/shared'
import type { Database } from '../db/database.ts'
import type { ItemRow } from './item-row.ts'
import type { Outcome } from './outcome.ts'
import type { Pending } from './pending.ts'

/** What `append_changes` says of one request; `rev` is the change's where it is done, else the room's head. */
export type AppendRow = {
  readonly n: number
  readonly status: Outcome['status']
  readonly epoch: string
  readonly rev: number
  readonly facts: RoomFacts | null
} & ({ readonly id: null } | ItemRow)

/** Writes a batch: one statement, one transaction, one round trip. `waitMs` is for rooms that others hold; 0 skips. */
export async function appendBatch(
  { sql }: Database,
  batch: readonly Pending[],
  waitMs: number,
): Promise<readonly AppendRow[]> {
  const requests = `[${batch.map((pending) => pending.json).join(',')}]`
  const rooms = [...new Set(batch.map((pending) => pending.room.id as number))]
  return sql<AppendRow[]>`SELECT * FROM append_changes(${requests}, ${rooms}::bigint[], ${waitMs})`
}
