import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import { buildApp } from './app.ts'
import { MemoryBus } from './bus/memory-bus.ts'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { openDatabase } from './db/database.ts'
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
const { databaseUrl = '', poolSize } = config
const database = await openDatabase(databaseUrl, { poolSize, log: logger })
await migrate(database)
const bus = new MemoryBus()
const app = await buildApp({ config, database, bus, logger })
await app.listen({ host: config.host, port: config.port })
const { port } = app.server.address() as AddressInfo
logger.info(`ready at http://${config.host}:${port}`)
