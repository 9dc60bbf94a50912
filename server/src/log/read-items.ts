import type { Database } from '../db/database.ts'
import type { RoomId } from '../rooms/room.ts'
import type { ItemRecord } from './item-record.ts'
import { type ItemRow, toRecord } from './item-row.ts'

export interface ItemKey {
  readonly room: RoomId
  readonly id: string
}

/** The same id may stand in several rooms. */
export const keyText = ({ room, id }: ItemKey): string => `${room} ${id}`

/** Items of any rooms as they are now, by the text of their key; those that are not there are absent. */
export async function readItems(
  { sql }: Database,
  keys: readonly ItemKey[],
): Promise<ReadonlyMap<string, ItemRecord>> {
  if (keys.length === 0) return new Map()
  const rooms = keys.map(({ room }) => room as number)
  const ids = keys.map(({ id }) => id)
  // OFFSET keeps it one look at the key for each, whatever Postgres thinks of the tables' sizes.
  const rows = await sql<(ItemRow & { room_id: RoomId })[]>`
    SELECT i.* FROM unnest(${rooms}::bigint[], ${ids}::uuid[]) AS k (room, id)
    CROSS JOIN LATERAL (SELECT * FROM item_records WHERE room_id = k.room AND id = k.id OFFSET 0) i`
  return new Map(rows.map((row) => [keyText({ room: row.room_id, id: row.id }), toRecord(row)]))
}
