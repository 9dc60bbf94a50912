import type { ChangeType, RoomFacts } from '@halley/shared'
import type { Database } from '../db/database.ts'
import { Problem } from '../problem.ts'
import type { RoomId } from '../rooms/room.ts'
import { encodeChange } from './encode-change.ts'
import { type ItemRow, toRecord } from './item-row.ts'
import type { ChangesRead } from './log.ts'

type Row = { epoch: string; head: number; floor: number } & (
  | { change_rev: null }
  | ({ change_rev: number; type: ChangeType; facts: RoomFacts } & ({ id: null } | ItemRow))
)

/**
 * What happened in a room after `since`, over at most `limit` revs. An item is told once, by its last change, as it is
 * now: if that comes later than these revs, it is told then, so that nothing is ever told that was taken back since.
 * Where changes after `since` were deleted, it begins where none has been: `after` is above `since`.
 */
export async function readChanges(
  { sql }: Database,
  room: RoomId,
  since: number,
  limit: number,
): Promise<ChangesRead> {
  const rows = await sql<Row[]>`
    SELECT r.epoch, r.rev AS head, r.floor, c.*,
      jsonb_build_object('title', r.title, 'state', r.state, 'posting', r.posting) AS facts
    FROM rooms r
    LEFT JOIN LATERAL (
      SELECT c.rev AS change_rev, c.type, i.*
      FROM changes c
      LEFT JOIN LATERAL (
        SELECT * FROM item_records WHERE room_id = c.room_id AND id = c.item_id AND item_rev = c.rev OFFSET 0
      ) i ON true
      WHERE c.room_id = r.id AND c.rev > ${since} AND c.rev <= ${since} + ${limit}::integer
        AND (i.id IS NOT NULL OR c.rev = r.facts_rev)
    ) c ON true
    WHERE r.id = ${room}
    ORDER BY c.change_rev`
  const [first] = rows
  if (!first) throw new Problem('room-unknown')
  const after = Math.max(since, first.floor)
  const changes = rows.flatMap((row) => {
    if (row.change_rev === null || row.change_rev <= after) return []
    const item = row.id === null ? null : toRecord(row)
    return [encodeChange({ rev: row.change_rev, type: row.type, item, room: item ? null : row.facts })]
  })
  const to = Math.max(after, Math.min(first.head, since + limit))
  return { epoch: first.epoch, after, to, head: first.head, changes }
}
