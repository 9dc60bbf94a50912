import type { Visibility } from '@halley/shared'
import type { Database } from '../db/database.ts'
import { eq, sql } from '../db/drizzle.ts'
import { rooms } from '../db/tables.ts'
import type { RoomId, RoomSettings } from './room.ts'

export interface RoomUpdate {
  readonly visibility?: Visibility
  readonly settings?: Partial<RoomSettings>
}

/**
 * Changes what readers are not told of; nodes follow within as long as `Rooms` remembers. Title, state and posting
 * are changes of the log: publish `{ type: 'room' }`.
 */
export async function updateRoom(database: Database, id: RoomId, update: RoomUpdate): Promise<void> {
  const { visibility, settings } = update
  await database.db
    .update(rooms)
    .set({
      ...(visibility && { visibility }),
      settings: sql`${rooms.settings} || ${JSON.stringify(settings ?? {})}::jsonb`,
    })
    .where(eq(rooms.id, id))
}
