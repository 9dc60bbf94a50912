import type { Database } from '../db/database.ts'
import { createRoom } from '../rooms/create-room.ts'
import { createSite } from '../rooms/create-site.ts'
import { findSite } from '../rooms/find-site.ts'
import type { Room } from '../rooms/room.ts'
import { Rooms } from '../rooms/rooms.ts'
import { DEMO_SITE } from './wants-demo.ts'

const SLUG = 'live'

/** The room `demo/live`, made where it is not there yet. Pages of any origin may use it: it is for trying things. */
export async function demoRoom(database: Database): Promise<Room> {
  const site = (await createSite(database, { slug: DEMO_SITE })) ?? (await findSite(database, DEMO_SITE))
  if (!site) throw new Error('the site of the demo was just there and is gone')
  const made = await createRoom(database, site, {
    slug: SLUG,
    title: 'A suitcase meets a comet',
    posting: 'guests',
  })
  const room = made ?? (await new Rooms(database).find(DEMO_SITE, SLUG))
  if (!room) throw new Error('the room of the demo was just there and is gone')
  return room
}
