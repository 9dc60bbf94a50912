import { eq } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import { sites } from '../db/tables.ts'
import type { SiteId } from './room.ts'

/** Sets the origins whose pages may post and join; nodes follow within as long as `Rooms` remembers. */
export async function updateSite(
  database: Database,
  id: SiteId,
  site: { readonly origins: readonly string[] },
): Promise<void> {
  await database.db
    .update(sites)
    .set({ origins: [...site.origins] })
    .where(eq(sites.id, id))
}
