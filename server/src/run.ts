import cluster from 'node:cluster'
import { pino } from 'pino'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { endOnMistake } from './end-on-mistake.ts'
import { endOnSignals } from './end-on-signals.ts'
import { startNotice } from './pages/start-notice.ts'
import { runWorker } from './run-worker.ts'
import { startNode } from './start-node.ts'
import { startPrimary } from './start-primary.ts'

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
endOnMistake(logger)
if (cluster.isWorker) await runWorker(config, logger)
else await runNode()

async function runNode(): Promise<void> {
  const running = config.workers > 1 ? startPrimary(config, logger) : startNode(config, logger)
  endOnSignals({
    running,
    delayMs: config.drainDelayMs,
    windowMs: config.drainWindowMs,
    log: logger,
  })
  try {
    const { url, pages } = await running
    const data = config.databaseUrl === undefined ? config.dataDir : 'the Postgres of DATABASE_URL'
    const origin = config.publicUrl ?? url
    process.stdout.write(`${startNotice({ origin, demo: pages, data })}\n`)
  } catch (error) {
    logger.fatal({ err: error }, 'could not start')
    process.exit(1)
  }
}
