import { randomUUID } from 'node:crypto'
import type { Database } from '../../server/src/db/database.ts'
import { createSite } from '../../server/src/rooms/create-site.ts'
import type { Room } from '../../server/src/rooms/room.ts'
import { Rooms } from '../../server/src/rooms/rooms.ts'

/** So many rooms of a new site, into which guests may post. */
export async function makeRooms(database: Database, count: number): Promise<Room[]> {
  const site = await createSite(database, { slug: `s${randomUUID().slice(0, 8)}` })
  if (!site) throw new Error('the slug was taken')
  await database.sql`
    INSERT INTO rooms (site_id, slug, title, epoch, posting)
    SELECT ${site.id}, 'room-' || n, 'A room', new_epoch(), 'guests' FROM generate_series(1, ${count}::int) n`
  const addresses = Array.from({ length: count }, (_, n) => `${site.slug}/room-${n + 1}`)
  const found = new Rooms(database)
  await found.refresh(addresses)
  const rooms = await Promise.all(
    addresses.map((address) => found.find(site.slug, address.split('/')[1] as string)),
  )
  return rooms.map((room) => {
    if (!room) throw new Error('a room is missing')
    return room
  })
}
