import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger } from 'fastify'
import { buildApp } from './app.ts'
import type { Bus } from './bus/bus.ts'
import { MemoryBus } from './bus/memory-bus.ts'
import { RedisBus } from './bus/redis-bus.ts'
import type { Config } from './config.ts'
import { openDatabase } from './db/database.ts'
import { startEmbeddedPostgres } from './db/embedded-postgres.ts'
import { migrate } from './db/migrate.ts'
import { redisPrefix } from './db/redis-prefix.ts'
import type { Drain } from './drain.ts'
import { checkEpochs } from './log/check-epochs.ts'
import { openDemo } from './open-demo.ts'
import type { DemoPages } from './pages/host-pages.ts'

export interface Node {
  /** Where it listens. */
  readonly url: string
  readonly pages: DemoPages
  readonly drain: Drain
  /** Closes what was opened, the newest first: the server, the bus, the database, its Postgres. */
  readonly stop: () => Promise<void>
}

/** Brings a whole node up, with a Postgres of its own where none is named. What was begun is ended where it fails. */
export async function startNode(config: Config, logger: FastifyBaseLogger): Promise<Node> {
  const opened: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (let close = opened.pop(); close; close = opened.pop()) await close()
  }
  try {
    const databaseUrl = config.databaseUrl ?? (await ownPostgres(config, logger, opened))
    const database = await openDatabase(databaseUrl, { poolSize: config.poolSize, log: logger })
    opened.push(() => database.close())
    await migrate(database)
    await checkEpochs(database)
    const bus = openBus(config, await redisPrefix(database), logger)
    opened.push(() => bus.close())
    const { app, log, box, drain } = await buildApp({ config, database, bus, logger })
    opened.push(() => app.close())
    const { pages, demo } = await openDemo({ config, database, app, log, box, logger })
    if (demo) opened.push(() => demo.stop())
    await app.listen({ host: config.host, port: config.port })
    const { port } = app.server.address() as AddressInfo
    const host = config.host.includes(':') ? `[${config.host}]` : config.host
    demo?.play()
    return { url: `http://${host}:${port}`, pages, drain, stop }
  } catch (error) {
    await stop().catch((err: unknown) => logger.error({ err }, 'could not end what had been begun'))
    throw error
  }
}

async function ownPostgres(
  { dataDir }: Config,
  logger: FastifyBaseLogger,
  opened: (() => Promise<void>)[],
): Promise<string> {
  const postgres = await startEmbeddedPostgres({ dataDir, log: logger })
  opened.push(() => postgres.stop())
  return postgres.url
}

function openBus({ redisUrl }: Config, prefix: string, logger: FastifyBaseLogger): Bus {
  return redisUrl === undefined ? new MemoryBus() : new RedisBus({ url: redisUrl, prefix, logger })
}
