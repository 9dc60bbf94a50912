import type { Database } from '../db/database.ts'
import { orUnavailable, unlessTooMany } from '../db/or-unavailable.ts'
import type { RoomId } from '../rooms/room.ts'
import type { ItemRecord } from './item-record.ts'
import { type ItemRow, toRecord } from './item-row.ts'
import type { Head, LogReader } from './log.ts'
import { readChanges } from './read-changes.ts'
import { readPage } from './read-page.ts'
import { RoomLooks } from './room-looks.ts'

/** Rooms asked for at once: 10,000 in one statement would hold its connection for tens of milliseconds. */
const HEADS_CHUNK = 2_000

/** The log's reads. Each throws `Problem` `unavailable` while the database is away, `room-unknown` of a room gone. */
export function readLog(database: Database): LogReader {
  const looks = new RoomLooks(database)
  return {
    heads: (rooms) => orUnavailable(readHeads(database, rooms)),
    changesSince: (room, since, limit) => orUnavailable(readChanges(database, room, since, limit)),
    page: (room, request) => unlessTooMany(() => readPage(database, room, request)),
    item: (room, id) => unlessTooMany(() => readItem(database, room, id)),
    counts: (room) => orUnavailable(looks.of(room)),
  }
}

async function readHeads({ sql }: Database, rooms: readonly RoomId[]): Promise<Map<RoomId, Head>> {
  const heads = new Map<RoomId, Head>()
  for (let start = 0; start < rooms.length; start += HEADS_CHUNK) {
    const chunk = rooms.slice(start, start + HEADS_CHUNK)
    const rows = await sql<{ id: RoomId; epoch: string; rev: number }[]>`
      SELECT id, epoch, rev FROM rooms WHERE id = ANY (${chunk as number[]}::bigint[])`
    for (const { id, epoch, rev } of rows) heads.set(id, { epoch, rev })
  }
  return heads
}

async function readItem({ sql }: Database, room: RoomId, id: string): Promise<ItemRecord | undefined> {
  const [row] = await sql<ItemRow[]>`SELECT * FROM item_records WHERE room_id = ${room} AND id = ${id}`
  return row && toRecord(row)
}
