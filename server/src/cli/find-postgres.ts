import type { Config } from '../config.ts'
import type { Logger } from '../logger.ts'
import { Failure } from './failure.ts'

interface FoundPostgres {
  readonly url: string
  /** Stops what was started for this; leaves alone what was running. */
  release(): Promise<void>
}

/** The database of this deployment. */
export async function findPostgres(config: Config, _log: Logger): Promise<FoundPostgres> {
  if (config.databaseUrl === undefined) throw new Failure('Set DATABASE_URL.')
  return { url: config.databaseUrl, release: async () => {} }
}
