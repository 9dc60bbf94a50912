import type { Config } from '../config.ts'
import type { Database } from '../db/database.ts'
import { sites } from '../db/tables.ts'

/** The site of the demo. */
export const DEMO_SITE = 'demo'

/**
 * Whether this server shows the demo: where it is switched on, and by itself in a Postgres of our own that holds no
 * site yet, or the demo's from an earlier start.
 */
export async function wantsDemo(
  config: Pick<Config, 'demo' | 'databaseUrl'>,
  database: Database,
): Promise<boolean> {
  if (config.demo !== 'auto') return config.demo === 'on'
  if (config.databaseUrl !== undefined) return false
  const slugs = await database.db.select({ slug: sites.slug }).from(sites).limit(2)
  return slugs.length === 0 || slugs.some(({ slug }) => slug === DEMO_SITE)
}
