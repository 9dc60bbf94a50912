import type { Database } from '../db/database.ts'
import { eq, sql } from '../db/drizzle.ts'
import { apiKeys, changes, items, rooms, siteSecrets, versions } from '../db/tables.ts'
import type { SiteId } from './room.ts'

/** Deletes whatever the site holds, a room at a time. Its row stays, so that its name is not taken by somebody else. */
export async function eraseSite(database: Database, id: SiteId): Promise<void> {
  await database.db.delete(apiKeys).where(eq(apiKeys.siteId, id))
  await database.db.delete(siteSecrets).where(eq(siteSecrets.siteId, id))
  const held = await database.db.select({ id: rooms.id }).from(rooms).where(eq(rooms.siteId, id))
  for (const room of held) {
    await database.db.transaction(async (one) => {
      await one.execute(sql`SET LOCAL statement_timeout = '10min'`)
      // First of all: nothing is written to a room without its row.
      await one.delete(rooms).where(eq(rooms.id, room.id))
      for (const table of [items, changes, versions]) await one.delete(table).where(eq(table.roomId, room.id))
    })
  }
}
