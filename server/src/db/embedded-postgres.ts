import { chmodSync, mkdirSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Logger } from '../logger.ts'
import { initCluster, SUPERUSER } from './embedded/init-cluster.ts'
import { Keeper } from './embedded/keeper.ts'
import { announceUrl, giveUpOwnership, livingOwner, takeOwnership } from './embedded/owner-lock.ts'
import { postgresBinaries } from './embedded/postgres-binaries.ts'
import { postgresHome } from './embedded/postgres-home.ts'
import { endLeftOver } from './embedded/postmaster.ts'

export interface EmbeddedPostgres {
  readonly url: string
  /** Where the data is. */
  readonly dataDir: string
  /** Of the Postgres that runs now: another one after it died and was started again. */
  readonly pid: number
  /** Resolves once it was stopped for good. */
  readonly exited: Promise<void>
  /** Ends connections and Postgres, and leaves the folder to others. */
  stop(): Promise<void>
}

/**
 * A real Postgres of our own, its data in `dataDir`, on a free port of 127.0.0.1. It outlives a crash of this process;
 * the next start ends it. Throws where another process has the folder, or another Postgres wrote it.
 */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: string
  readonly log: Logger
}): Promise<EmbeddedPostgres> {
  const made = mkdirSync(options.dataDir, { recursive: true })
  if (made) chmodSync(options.dataDir, 0o755)
  // One name, however it is reached: what is running is known by it.
  const dataDir = realpathSync(options.dataDir)
  takeOwnership(dataDir)
  try {
    const { keeper, url } = await start(dataDir, options.log)
    announceUrl(dataDir, url)
    const stop = () => keeper.stop().finally(() => giveUpOwnership(dataDir))
    return {
      url,
      dataDir,
      get pid() {
        return keeper.pid
      },
      exited: keeper.exited,
      stop,
    }
  } catch (error) {
    giveUpOwnership(dataDir)
    throw error
  }
}

/** The url of the Postgres that a running Halley has started on a data folder; undefined where none runs. */
export function findEmbeddedPostgres(dataDir: string): string | undefined {
  return livingOwner(resolve(dataDir))?.url
}

async function start(dataDir: string, log: Logger): Promise<{ keeper: Keeper; url: string }> {
  const home = postgresHome(dataDir)
  const binaries = postgresBinaries(home)
  const leftOver = await endLeftOver(home, binaries)
  if (leftOver) log.warn(`Ended Postgres ${leftOver}, which a Halley that is gone had left running`)
  const password = await initCluster(dataDir, home, binaries)
  const keeper = new Keeper({ home, binaries, log, logFile: join(dataDir, 'postgres.log') })
  await keeper.start()
  log.info(`Postgres keeps its data in ${home.cluster}`)
  return { keeper, url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${keeper.port}/postgres` }
}
