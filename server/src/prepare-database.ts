import type { FastifyBaseLogger } from 'fastify'
import { checkConnections, checkReplica } from './check-connections.ts'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db/database.ts'
import { startEmbeddedPostgres } from './db/embedded-postgres.ts'
import { migrate } from './db/migrate.ts'
import { checkEpochs } from './log/check-epochs.ts'
import type { Opened } from './opened.ts'

/**
 * What one process of a node does before any serves: starts a Postgres of its own where none is named, brings the
 * tables up to date, and looks whether the database is still the one that it was.
 */
export async function prepareDatabase(
  config: Config,
  poolSize: number,
  { logger, opened }: { logger: FastifyBaseLogger; opened: Opened },
): Promise<Database> {
  const url = config.databaseUrl ?? (await ownPostgres(config, logger, opened))
  const database = await openDatabase(url, { poolSize, log: logger })
  opened.add(() => database.close())
  // While this pool has the one connection on which it was opened.
  await checkConnections(database, config)
  if (config.databaseReadUrl !== undefined) await checkReplica(config.databaseReadUrl, config, logger)
  await migrate(database)
  await checkEpochs(database)
  return database
}

async function ownPostgres({ dataDir }: Config, logger: FastifyBaseLogger, opened: Opened): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir, log: logger })
  opened.add(() => postgres.stop())
  return postgres.url
}
