import type { FastifyBaseLogger } from 'fastify'
import type { AppParts } from './app.ts'
import { IpcPort } from './bus/ipc-port.ts'
import { WorkerBus } from './bus/worker-bus.ts'
import type { Config } from './config.ts'
import { openDatabase } from './db/database.ts'
import { redisPrefix } from './db/redis-prefix.ts'
import { measureHere } from './metrics/measure-here.ts'
import { openBus } from './open-bus.ts'
import { Opened } from './opened.ts'
import { type Served, serve } from './serve.ts'
import { WorkerFigures } from './workers/figures.ts'
import { type Beginning, type CrewState, reportToPrimary, type WorkerOrder } from './workers/messages.ts'

/** Once hurried, so long for what is left to do. */
const HURRIED_MS = 5000

/**
 * Serves until the primary process says to go, or is gone: `node:cluster` ends this one then, at once. Signals are the
 * primary's business: a terminal's Ctrl-C, or a service manager, sends them to all processes.
 */
export async function runWorker(config: Config, logger: FastifyBaseLogger): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => {})
  const opened = new Opened()
  const begun = Promise.withResolvers<Beginning>()
  const figures = new WorkerFigures(measureHere)
  let crew: CrewState | undefined
  const serving = begun.promise.then((beginning) =>
    begin({ config, logger, opened, figures: figures.gather }, beginning, () => crew),
  )
  process.on('message', (order: WorkerOrder) => {
    figures.hear(order)
    if (order.type === 'begin') begun.resolve(order)
    else if (order.type === 'crew')
      crew = { workers: order.workers, serving: order.serving, crashLoop: order.crashLoop }
    else if (order.type === 'drain') leave(serving, opened, order, logger)
    else if (order.type === 'hurry') {
      serving.then(({ drain }) => drain.hurry())
      setTimeout(() => process.exit(1), HURRIED_MS).unref()
    }
  })
  try {
    await reportToPrimary({ type: 'serving', url: (await serving).url })
  } catch (error) {
    logger.error({ err: error }, 'a worker could not start')
    await reportToPrimary({ type: 'failed', why: (error as Error).message })
    process.exit(1)
  }
}

function begin(
  parts: { config: Config; logger: FastifyBaseLogger; opened: Opened; figures: AppParts['figures'] },
  { databaseUrl, secretKey, demo }: Beginning,
  crew: () => CrewState | undefined,
): Promise<Served> {
  const { config, logger, opened, figures } = parts
  return opened.orClose(logger, async () => {
    const database = await openDatabase(databaseUrl, { poolSize: config.poolSize, log: logger })
    opened.add(() => database.close())
    const prefix = await redisPrefix(database)
    const bus = openBus(config, prefix, logger) ?? new WorkerBus(new IpcPort(process))
    opened.add(() => bus.close())
    const own = { ...config, databaseUrl, secretKey }
    return serve({ config: own, database, bus, logger, crew, figures }, demo, opened)
  })
}

async function leave(
  serving: Promise<Served>,
  opened: Opened,
  times: { delayMs: number; windowMs: number },
  logger: FastifyBaseLogger,
): Promise<void> {
  try {
    const { drain } = await serving
    await drain.begin(times)
    await opened.close()
    process.exit(0)
  } catch (error) {
    logger.error({ err: error }, 'could not end in order')
    process.exit(1)
  }
}
