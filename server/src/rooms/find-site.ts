import type { Database } from '../db/database.ts'
import { eq } from '../db/drizzle.ts'
import { sites } from '../db/tables.ts'
import type { Site } from './room.ts'
import { toSite } from './to-room.ts'

export async function findSite(database: Database, slug: string): Promise<Site | undefined> {
  const [row] = await database.db.select().from(sites).where(eq(sites.slug, slug))
  return row && toSite(row)
}
