import type { Posting, Visibility } from '@halley/shared'
import type { Database } from '../db/database.ts'
import { sql } from '../db/drizzle.ts'
import { rooms } from '../db/tables.ts'
import type { Room, RoomSettings, Site } from './room.ts'
import { toRoom } from './to-room.ts'

export interface NewRoom {
  readonly slug: string
  readonly title: string
  readonly posting?: Posting
  readonly visibility?: Visibility
  readonly settings?: Partial<RoomSettings>
}

/** Makes a room with an empty log; undefined where the slug is taken. Values are checked by whoever asks. */
export async function createRoom(database: Database, site: Site, room: NewRoom): Promise<Room | undefined> {
  const { slug, title, posting = 'staff', visibility = 'public', settings = {} } = room
  const [row] = await database.db
    .insert(rooms)
    .values({ siteId: site.id, slug, title, posting, visibility, settings, epoch: sql`new_epoch()` })
    .onConflictDoNothing()
    .returning()
  return row && toRoom(site, row)
}
