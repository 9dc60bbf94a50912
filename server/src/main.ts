import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { buildApp } from './app.ts'
import { MemoryBus } from './bus/memory-bus.ts'
import { RedisBus } from './bus/redis-bus.ts'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { openDatabase } from './db/database.ts'
import { deploymentId } from './db/deployment-id.ts'
import { startEmbeddedPostgres } from './db/embedded-postgres.ts'
import { migrate } from './db/migrate.ts'

function readConfig(): Config {
  try {
    return loadConfig()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`halley: ${error.message}\n`)
    process.exit(1)
  }
}

const config = readConfig()
const logger = pino({ level: config.logLevel })
const { databaseUrl, dataDir, poolSize, redisUrl } = config
const postgres = databaseUrl === undefined ? await startEmbeddedPostgres({ dataDir, log: logger }) : undefined
const database = await openDatabase(postgres?.url ?? (databaseUrl as string), { poolSize, log: logger })
await migrate(database)
const prefix = `halley:${await deploymentId(database)}:`
const bus = redisUrl === undefined ? new MemoryBus() : new RedisBus({ url: redisUrl, prefix, logger })
const { server } = await buildApp({ config, database, bus, logger })
await server.listen({ host: config.host, port: config.port })
const { port } = server.server.address() as AddressInfo
logger.info(`ready at http://${config.host}:${port}`)

async function stop(): Promise<void> {
  await server.close()
  await bus.close()
  await database.close()
  await postgres?.stop()
  process.exit(0)
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop())
