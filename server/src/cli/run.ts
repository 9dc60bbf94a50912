import type { Command } from 'commander'
import { pino } from 'pino'
import { SecretBox } from '../auth/secret-box.ts'
import { findSecretKey } from '../auth/secret-key.ts'
import { MemoryBus } from '../bus/memory-bus.ts'
import { RedisBus } from '../bus/redis-bus.ts'
import { type Config, loadConfig } from '../config.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { redisPrefix } from '../db/redis-prefix.ts'
import { type Log, openLog } from '../log/open-log.ts'
import { Failure } from './failure.ts'
import { findPostgres } from './find-postgres.ts'
import type { Shown } from './shown.ts'

/** What a command works with. */
export interface Session {
  readonly config: Config
  readonly database: Database
  secretBox(): Promise<SecretBox>
  /** Changes made through it reach the readers of a running server. */
  readonly log: Log
}

type Work<A extends unknown[]> = (session: Session, ...args: A) => Promise<Shown>
/** Makes a command's action of what it does with a database. */
export type Run = <A extends unknown[]>(work: Work<A>) => (...args: A) => Promise<void>

/** Notes of parts go to stderr, where they disturb nobody who reads what a command prints. */
const logger = pino({ level: 'warn' }, pino.destination(2))

async function secretBox(config: Config): Promise<SecretBox> {
  const key = await findSecretKey(config)
  if (key === undefined) throw new Failure('Set SECRET_KEY as it is set for the servers of this database.')
  return new SecretBox(key)
}

/** A running server learns of changes at once by Redis where that is set, else from Postgres within seconds. */
async function withLog<T>(
  { redisUrl }: Config,
  database: Database,
  work: (log: Log) => Promise<T>,
): Promise<T> {
  const bus =
    redisUrl === undefined
      ? new MemoryBus()
      : new RedisBus({ url: redisUrl, prefix: await redisPrefix(database), logger })
  if (bus instanceof RedisBus) await bus.reached()
  const log = openLog({ database, bus, log: logger })
  try {
    return await work(log)
  } finally {
    await log.close()
    await bus.close()
  }
}

async function inSession<A extends unknown[]>(config: Config, work: Work<A>, args: A): Promise<Shown> {
  const postgres = await findPostgres(config, logger)
  try {
    const database = await openDatabase(postgres.url, { poolSize: 2, log: logger })
    try {
      await migrate(database)
      return await withLog(config, database, (log) =>
        work({ config, database, log, secretBox: () => secretBox(config) }, ...args),
      )
    } finally {
      await database.close()
    }
  } finally {
    await postgres.release()
  }
}

/** Undefined `env`: the settings of the process. */
export function makeRun(program: Command, out: (text: string) => void, env?: NodeJS.ProcessEnv): Run {
  return (work) =>
    async (...args) => {
      const shown = await inSession(loadConfig(env), work, args)
      const asJson = program.opts<{ json?: boolean }>().json
      out(`${asJson ? JSON.stringify(shown.json, null, 2) : shown.text}\n`)
    }
}
