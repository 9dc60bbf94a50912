import type { Config } from './config.ts'
import type { Database } from './db/database.ts'

/** Of the process that holds what there is one of: for the demo, and what it asks before anybody is served. */
export const PRIMARY_POOL = 2
/** The migration has a connection of its own. */
const MIGRATION = 1

interface Connections {
  readonly most: number
  readonly reserved: number
  readonly taken: number
}

/**
 * Refuses to start what Postgres has no connections for: it would be found out in the busiest minute. Others are
 * counted as they are just now.
 */
export async function checkConnections(
  database: Database,
  { workers, poolSize, poolCheck }: Pick<Config, 'workers' | 'poolSize' | 'poolCheck'>,
): Promise<void> {
  if (poolCheck === 'off') return
  const own = workers === 1 ? poolSize : workers * poolSize + PRIMARY_POOL
  const { most, reserved, taken } = await look(database)
  const free = most - reserved - taken
  if (own + MIGRATION <= free) return
  const sum = workers === 1 ? '' : `: WORKERS=${workers} times POOL_SIZE=${poolSize} and ${PRIMARY_POOL}`
  throw new Error(
    `POOL_SIZE=${poolSize} and WORKERS=${workers} need ${own + MIGRATION} connections to Postgres (${own}${sum}, ` +
      `and ${MIGRATION} at the start), and ${Math.max(0, free)} are free: max_connections is ${most}, ${reserved} are ` +
      `reserved and others have ${taken}. Lower POOL_SIZE or WORKERS, or raise max_connections.`,
  )
}

async function look({ sql }: Database): Promise<Connections> {
  // What everybody may see; one of them is asking.
  const [row] = await sql<Connections[]>`
    SELECT current_setting('max_connections')::int AS most,
      current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved,
      (SELECT sum(numbackends)::int - 1 FROM pg_stat_database) AS taken`
  return row as Connections
}
