import type { Config } from '../config.ts'
import { findEmbeddedPostgres, startEmbeddedPostgres } from '../db/embedded-postgres.ts'
import type { Logger } from '../logger.ts'

interface FoundPostgres {
  readonly url: string
  /** Stops what was started for this; leaves alone what was running. */
  release(): Promise<void>
}

/** The database of this deployment: the one that is set, the running server's own, or our own for the moment. */
export async function findPostgres(config: Config, log: Logger): Promise<FoundPostgres> {
  const { dataDir } = config
  const url = config.databaseUrl ?? findEmbeddedPostgres(dataDir)
  if (url !== undefined) return { url, release: async () => {} }
  const postgres = await startEmbeddedPostgres({ dataDir, log })
  return { url: postgres.url, release: () => postgres.stop() }
}
