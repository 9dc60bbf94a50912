import type { Database } from '../db/database.ts'
import { sites } from '../db/tables.ts'
import type { Site } from './room.ts'
import { toSite } from './to-room.ts'

/** Makes a tenant; undefined where the slug is taken. Slug and origins are checked by whoever asks. */
export async function createSite(
  database: Database,
  site: { readonly slug: string; readonly origins?: readonly string[] },
): Promise<Site | undefined> {
  const [row] = await database.db
    .insert(sites)
    .values({ slug: site.slug, origins: [...(site.origins ?? [])] })
    .onConflictDoNothing()
    .returning()
  return row && toSite(row)
}
