import { setTimeout as sleep } from 'node:timers/promises'
import type { Database } from '../db/database.ts'
import type { RoomId } from '../rooms/room.ts'

/** Rooms looked at in one statement, changes deleted in one, and milliseconds for everybody else in between. */
const ROOMS = 1000
const BATCH = 1000
const REST_MS = 20

/**
 * Deletes changes that are older than `keepMs` by the database's clock, and the former versions of items that they put
 * an end to; says how many changes. A room's floor is raised, and committed, before what is below it goes: whoever reads
 * the log knows what may be missing. May run beside itself and be broken off at any place.
 */
export async function prune(database: Database, keepMs: number, signal?: AbortSignal): Promise<number> {
  let deleted = 0
  for (let last = 0; !signal?.aborted; ) {
    const rooms = await oldestOf(database, last)
    if (rooms.length === 0) break
    for (const { id, age } of rooms) {
      last = id
      if (age !== null && age >= keepMs) deleted += await pruneRoom(database, id, keepMs, signal)
    }
  }
  return deleted
}

/** The next rooms, and how many milliseconds ago their oldest change was. */
async function oldestOf({ sql }: Database, after: number) {
  return sql<{ id: RoomId; age: number | null }[]>`
    SELECT r.id, (extract(epoch FROM now() - c.at) * 1000)::float8 AS age
    FROM (SELECT id FROM rooms WHERE id > ${after} ORDER BY id LIMIT ${ROOMS}) r
    LEFT JOIN LATERAL (SELECT at FROM changes WHERE room_id = r.id ORDER BY rev LIMIT 1) c ON true
    ORDER BY r.id`
}

async function pruneRoom(
  database: Database,
  room: RoomId,
  keepMs: number,
  signal?: AbortSignal,
): Promise<number> {
  let deleted = 0
  while (!signal?.aborted) {
    const to = await raiseFloor(database, room, keepMs)
    if (to === undefined) break
    deleted += await deleteUpTo(database, room, to)
    await sleep(REST_MS)
  }
  return deleted
}

/** The rev up to which the next batch goes; undefined where nothing more is old enough. */
async function raiseFloor({ sql }: Database, room: RoomId, keepMs: number): Promise<number | undefined> {
  const [row] = await sql<{ first: number; to: number }[]>`
    SELECT min(rev) AS first,
      coalesce(min(rev) FILTER (WHERE at > now() - ${keepMs} * interval '1 ms') - 1, max(rev)) AS to
    FROM (SELECT rev, at FROM changes WHERE room_id = ${room} ORDER BY rev LIMIT ${BATCH}) oldest
    HAVING count(*) > 0`
  if (!row || row.to < row.first) return undefined
  await sql`UPDATE rooms SET floor = ${row.to} WHERE id = ${room} AND floor < ${row.to}`
  return row.to
}

async function deleteUpTo({ sql }: Database, room: RoomId, to: number): Promise<number> {
  const [row] = await sql<{ deleted: number }[]>`
    WITH gone AS (
      DELETE FROM changes WHERE room_id = ${room} AND rev <= ${to} RETURNING item_id, rev, type
    ),
    replaced AS (
      DELETE FROM versions v
      USING (
        SELECT item_id, max(rev) AS rev FROM gone WHERE type IN ('edited', 'removed') GROUP BY item_id
      ) g
      WHERE v.room_id = ${room} AND v.item_id = g.item_id AND v.rev < g.rev
    )
    SELECT count(*) AS deleted FROM gone`
  return row?.deleted ?? 0
}
