import { LIMITS } from '@halley/shared'
import type { Database } from '../db/database.ts'
import { Problem } from '../problem.ts'
import type { RoomId } from '../rooms/room.ts'
import { type ItemRow, toRecord } from './item-row.ts'
import type { PageRead, PageRequest } from './log.ts'
import { pageAround } from './page-around.ts'
import { itemsFor, visibleTo } from './visible-to.ts'

interface Room {
  readonly epoch: string
  readonly head: number
  readonly altered: number
}
type Row = Room & { beyond: boolean } & (({ part: 'page' | 'pinned' | 'waiting' } & ItemRow) | { part: null })

/**
 * A page of a room, all of it as of one moment. (Whether more is beyond it is asked with ORDER BY and LIMIT: of EXISTS
 * Postgres makes a hash of all that is beyond.) Only seqs are compared, on an index of what the view may see: however
 * much was removed, a page costs what it shows, but for the first reader (10,000 removed: 10,000 blocks, some 10 ms), and
 * for as long as a backup that began before goes on.
 */
export async function readPage(
  database: Database,
  room: RoomId,
  request: PageRequest,
): Promise<PageRead | 'item-unknown'> {
  const { before, after, around, limit, view } = request
  if (around !== undefined) {
    const page = await pageAround(database, room, around, request)
    if (page !== 'newest') return page
  }
  const rows =
    after !== undefined
      ? await readNewer(database, room, view, after, limit)
      : await readOlder(database, room, view, before, limit)
  const [first] = rows
  if (!first) throw new Problem('room-unknown')
  const items = part(rows, 'page')
  const more = items.length > limit
  if (more) items.pop()
  const edges =
    after !== undefined
      ? { newer: more ? last(items) : null, older: first.beyond ? (items[0]?.seq ?? after + 1) : null }
      : {
          older: more ? last(items) : null,
          newer: before !== undefined && first.beyond ? (items[0]?.seq ?? before - 1) : null,
        }
  if (after !== undefined) items.reverse()
  return {
    head: { epoch: first.epoch, rev: first.head },
    altered: first.altered,
    items: [...part(rows, 'waiting').reverse(), ...items],
    ...edges,
    pinned: part(rows, 'pinned'),
  }
}

const part = (rows: readonly Row[], name: string) =>
  rows.flatMap((row) => (row.part === name ? [toRecord(row as ItemRow)] : []))
const last = (items: readonly { seq: number | null }[]) => items.at(-1)?.seq ?? null

/** The newest page where `before` is undefined: with what is pinned, and for staff with what waits for them. */
function readOlder(
  { sql }: Database,
  room: RoomId,
  view: PageRequest['view'],
  before: number | undefined,
  limit: number,
) {
  const [visible, records] = [visibleTo(sql, view), itemsFor(sql, view)]
  const end = before ?? Number.MAX_SAFE_INTEGER
  const pinned = sql`UNION ALL (SELECT 'pinned', i.* FROM ${records} i
    WHERE room_id = ${room} AND pinned_at IS NOT NULL AND state = 'live'
    ORDER BY pinned_at DESC LIMIT ${LIMITS.pageItems})`
  // Oldest first: whatever their number, each one's turn comes.
  const waiting = sql`UNION ALL (SELECT 'waiting', i.* FROM item_records i
    WHERE room_id = ${room} AND state = 'held' AND seq IS NULL
    ORDER BY item_rev LIMIT ${LIMITS.pageItems})`
  return sql<Row[]>`
    SELECT r.epoch, r.rev AS head, r.altered, p.*,
      (SELECT true FROM items WHERE room_id = ${room} AND ${visible} AND seq >= ${end} ORDER BY seq LIMIT 1)
        IS NOT NULL AS beyond
    FROM rooms r
    LEFT JOIN LATERAL (
      (SELECT 'page' AS part, i.* FROM ${records} i
        WHERE room_id = ${room} AND ${visible} AND seq < ${end} ORDER BY seq DESC LIMIT ${limit + 1})
      ${before === undefined ? pinned : sql``}
      ${before === undefined && view === 'staff' ? waiting : sql``}
    ) p ON true
    WHERE r.id = ${room}`
}

function readNewer({ sql }: Database, room: RoomId, view: PageRequest['view'], after: number, limit: number) {
  const [visible, records] = [visibleTo(sql, view), itemsFor(sql, view)]
  return sql<Row[]>`
    SELECT r.epoch, r.rev AS head, r.altered, p.*,
      (SELECT true FROM items WHERE room_id = ${room} AND ${visible} AND seq <= ${after} ORDER BY seq DESC LIMIT 1)
        IS NOT NULL AS beyond
    FROM rooms r
    LEFT JOIN LATERAL (
      SELECT 'page' AS part, i.* FROM ${records} i
      WHERE room_id = ${room} AND ${visible} AND seq > ${after} ORDER BY seq LIMIT ${limit + 1}
    ) p ON true
    WHERE r.id = ${room}`
}
