import type { Config } from './config.ts'
import { type Database, openReplica } from './db/database.ts'
import type { Logger } from './logger.ts'

/** Of the process that holds what there is one of: for the demo, and what it asks before anybody is served. */
export const PRIMARY_POOL = 2
/** The migration has a connection of its own. */
const MIGRATION = 1

interface Connections {
  readonly most: number
  readonly reserved: number
  readonly taken: number
}

type Settings = Pick<Config, 'workers' | 'poolSize' | 'poolCheck'>

/** What was asked for is more than there is. */
class TooFew extends Error {}

/**
 * Refuses to start what Postgres has no connections for: it would be found out in the busiest minute. Others are
 * counted as they are just now.
 */
export async function checkConnections(database: Database, settings: Settings): Promise<void> {
  if (settings.poolCheck === 'off') return
  const { workers, poolSize } = settings
  const own = workers === 1 ? poolSize : workers * poolSize + PRIMARY_POOL
  const sum = workers === 1 ? '' : `: WORKERS=${workers} times POOL_SIZE=${poolSize} and ${PRIMARY_POOL}`
  const parts = ` (${own}${sum}, and ${MIGRATION} at the start)`
  await demand(database, settings, { needed: own + MIGRATION, where: 'Postgres', parts })
}

/** The same for the replica of `DATABASE_READ_URL`. One that is away now may be there later: that is a warning. */
export async function checkReplica(url: string, settings: Settings, log: Logger): Promise<void> {
  if (settings.poolCheck === 'off') return
  const replica = openReplica(url, { poolSize: 1, log })
  const needed = settings.workers * settings.poolSize
  try {
    await demand(replica, settings, { needed, where: 'the replica of DATABASE_READ_URL', parts: '' })
  } catch (err) {
    if (err instanceof TooFew) throw err
    log.warn({ err }, 'the replica cannot be asked; pages are read from the primary until it can')
  } finally {
    await replica.close()
  }
}

async function demand(
  database: Database,
  { workers, poolSize }: Settings,
  { needed, where, parts }: { needed: number; where: string; parts: string },
): Promise<void> {
  const { most, reserved, taken } = await look(database)
  const free = most - reserved - taken
  if (needed <= free) return
  throw new TooFew(
    `POOL_SIZE=${poolSize} and WORKERS=${workers} need ${needed} connections to ${where}${parts}, and ` +
      `${Math.max(0, free)} are free: max_connections is ${most}, ${reserved} are reserved and others have ${taken}. ` +
      'Lower POOL_SIZE or WORKERS, or raise max_connections.',
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
