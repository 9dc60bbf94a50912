import type { Database } from '../db/database.ts'
import type { RoomId } from '../rooms/room.ts'
import type { ItemRecord } from './item-record.ts'
import { type ItemRow, toRecord } from './item-row.ts'

const ROWS = 500

/**
 * Visits all items of a room that stand, in the room's order and as of one moment; with `held` also those that wait,
 * after the others. However many there are, few are in memory.
 */
export async function eachItem(
  { sql }: Database,
  room: RoomId,
  held: boolean,
  visit: (items: readonly ItemRecord[]) => Promise<void>,
): Promise<void> {
  await sql.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY', async (sql) => {
    await sql`SET LOCAL idle_in_transaction_session_timeout = 0`
    const states = held ? ['live', 'held'] : ['live']
    const rows = sql<ItemRow[]>`
      SELECT * FROM item_records WHERE room_id = ${room} AND state IN ${sql(states)} ORDER BY seq, item_rev`
    for await (const some of rows.cursor(ROWS)) await visit(some.map((row) => toRecord(row)))
  })
}
