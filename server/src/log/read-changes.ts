import type { ChangeType, RoomFacts } from '@halley/shared'
import type { Database } from '../db/database.ts'
import { Problem } from '../problem.ts'
import type { RoomId } from '../rooms/room.ts'
import { encodeChange } from './encode-change.ts'
import { type ItemRow, toRecord } from './item-row.ts'
import type { ChangesRead } from './log.ts'

type Row = { epoch: string; head: number } & (
  | { change_rev: null }
  | ({ change_rev: number; type: ChangeType; facts: RoomFacts } & ({ id: null } | ItemRow))
)

/**
 * What happened in a room after `since`, over at most `limit` revs. An item is told once, by its last change, as it is
 * now: if that comes later than these revs, it is told then, so that nothing is ever told that was taken back since.
 */
export async function readChanges(
  { sql }: Database,
  room: RoomId,
  since: number,
  limit: number,
): Promise<ChangesRead> {
  const rows = await sql<Row[]>`
    SELECT r.epoch, r.rev AS head, c.*,
      jsonb_build_object('title', r.title, 'state', r.state, 'posting', r.posting) AS facts
    FROM rooms r
    LEFT JOIN LATERAL (
      SELECT c.rev AS change_rev, c.type, i.*
      FROM changes c
      LEFT JOIN item_records i ON i.room_id = c.room_id AND i.id = c.item_id AND i.item_rev = c.rev
      WHERE c.room_id = r.id AND c.rev > ${since} AND c.rev <= ${since} + ${limit}::integer
        AND (i.id IS NOT NULL OR c.rev = r.facts_rev)
    ) c ON true
    WHERE r.id = ${room}
    ORDER BY c.change_rev`
  const [first] = rows
  if (!first) throw new Problem('room-unknown')
  const changes = rows.flatMap((row) => {
    if (row.change_rev === null) return []
    const item = row.id === null ? null : toRecord(row)
    return [encodeChange({ rev: row.change_rev, type: row.type, item, room: item ? null : row.facts })]
  })
  const to = Math.max(since, Math.min(first.head, since + limit))
  return { epoch: first.epoch, after: since, to, head: first.head, changes }
}
