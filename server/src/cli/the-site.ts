import type { Database } from '../db/database.ts'
import { and, eq } from '../db/drizzle.ts'
import { rooms, sites } from '../db/tables.ts'
import type { Room, Site } from '../rooms/room.ts'
import { toRoom, toSite } from '../rooms/to-room.ts'
import type { RoomArgument } from './arguments.ts'
import { Failure } from './failure.ts'

export async function theSite(database: Database, slug: string): Promise<Site> {
  const [row] = await database.db.select().from(sites).where(eq(sites.slug, slug))
  if (!row) throw new Failure(`There is no site ${slug}.`)
  if (row.goneAt) throw new Failure(`The site ${slug} was deleted: site restore ${slug} brings it back.`)
  return toSite(row)
}

export async function theRoom(database: Database, address: RoomArgument): Promise<Room> {
  const site = await theSite(database, address.site)
  const [row] = await database.db
    .select()
    .from(rooms)
    .where(and(eq(rooms.siteId, site.id), eq(rooms.slug, address.room)))
  if (!row) throw new Failure(`There is no room ${address.site}/${address.room}.`)
  return toRoom(site, row)
}
