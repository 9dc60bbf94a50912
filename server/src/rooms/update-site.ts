import type { Database } from '../db/database.ts'
import { eq, sql } from '../db/drizzle.ts'
import { sites } from '../db/tables.ts'
import type { SiteId } from './room.ts'

/** `origins`: whose pages may post and join. `gone`: deleted, or not any more. Nodes follow within 2 s. */
export async function updateSite(
  database: Database,
  id: SiteId,
  { origins, gone }: { readonly origins?: readonly string[]; readonly gone?: boolean },
): Promise<void> {
  await database.db
    .update(sites)
    .set({
      ...(origins && { origins: [...origins] }),
      ...(gone !== undefined && { goneAt: gone ? sql`now()` : null }),
    })
    .where(eq(sites.id, id))
}
