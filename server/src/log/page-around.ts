import type { View } from '@halley/shared'
import type { Database } from '../db/database.ts'
import { Problem } from '../problem.ts'
import type { RoomId } from '../rooms/room.ts'
import { type ItemRow, toRecord } from './item-row.ts'
import type { PageRead, PageRequest } from './log.ts'
import { itemsFor, visibleTo } from './visible-to.ts'

type Row = {
  epoch: string
  head: number
  altered: number
  place: number | null
  place_state: string | null
} & ({ side: null } | ({ side: 'older' | 'newer' } & ItemRow))

/**
 * The page in whose middle an item stands, or stood: a link to an item that was taken down opens the room where it
 * was. 'newest' where staff ask for one that has no place yet.
 */
export async function pageAround(
  { sql }: Database,
  room: RoomId,
  id: string,
  { view, limit }: PageRequest,
): Promise<PageRead | 'item-unknown' | 'newest'> {
  // A half of each side is a page anywhere but near an end of the room.
  const half = Math.ceil(limit / 2) + 1
  const near = await rowsAround(sql, room, id, { view, each: half })
  const counts = [on(near, 'older').length, on(near, 'newer').length]
  const needsMore = Math.min(...counts) < half && Math.max(...counts) === half
  const rows = needsMore ? await rowsAround(sql, room, id, { view, each: limit + 1 }) : near
  const [first] = rows
  if (!first) throw new Problem('room-unknown')
  if (first.place === null) return view === 'staff' && first.place_state !== null ? 'newest' : 'item-unknown'
  const older = side(rows, 'older')
  const newer = side(rows, 'newer')
  const above = Math.min(newer.length, Math.max(Math.floor(limit / 2), limit - older.length))
  const below = Math.min(older.length, limit - above)
  const items = [...newer.slice(0, above).reverse(), ...older.slice(0, below)]
  return {
    head: { epoch: first.epoch, rev: first.head },
    altered: first.altered,
    items,
    older: older.length > below ? (items.at(-1)?.seq ?? first.place + 1) : null,
    newer: newer.length > above ? (items[0]?.seq ?? first.place) : null,
    pinned: [],
  }
}

function rowsAround(
  sql: Database['sql'],
  room: RoomId,
  id: string,
  { view, each }: { readonly view: View; readonly each: number },
): Promise<Row[]> {
  const [visible, records] = [visibleTo(sql, view), itemsFor(sql, view)]
  return sql<Row[]>`
    SELECT r.epoch, r.rev AS head, r.altered, m.seq AS place, m.state AS place_state, p.*
    FROM rooms r
    LEFT JOIN items m ON m.room_id = ${room} AND m.id = ${id}
    LEFT JOIN LATERAL (
      (SELECT 'older' AS side, i.* FROM ${records} i
        WHERE room_id = ${room} AND ${visible} AND seq <= m.seq ORDER BY seq DESC LIMIT ${each})
      UNION ALL
      (SELECT 'newer', i.* FROM ${records} i
        WHERE room_id = ${room} AND ${visible} AND seq > m.seq ORDER BY seq LIMIT ${each})
    ) p ON true
    WHERE r.id = ${room}`
}

const on = (rows: readonly Row[], name: 'older' | 'newer') => rows.filter((row) => row.side === name)

const side = (rows: readonly Row[], name: 'older' | 'newer') =>
  rows.flatMap((row) => (row.side === name ? [toRecord(row)] : []))
