import cluster, { type Worker } from 'node:cluster'
import type { FastifyBaseLogger } from 'fastify'
import { findSecretKey } from './auth/secret-key.ts'
import { IpcPort } from './bus/ipc-port.ts'
import { NewsRelay } from './bus/news-relay.ts'
import { PRIMARY_POOL } from './check-connections.ts'
import type { Config } from './config.ts'
import { redisPrefix } from './db/redis-prefix.ts'
import { showNumber } from './metrics/live-numbers.ts'
import { measureHere } from './metrics/measure-here.ts'
import { argumentsFor } from './one-core.ts'
import { openBus } from './open-bus.ts'
import { openDemo } from './open-demo.ts'
import { Opened } from './opened.ts'
import { prepareDatabase } from './prepare-database.ts'
import type { Node } from './start-node.ts'
import { Crew } from './workers/crew.ts'
import { FiguresDesk } from './workers/figures.ts'
import { type Beginning, tellWorker } from './workers/messages.ts'

/**
 * Brings a node of several processes up: this one holds what there is one of (a Postgres of our own, its lock, the
 * migration, the demo, signals) and serves nobody; its workers serve.
 */
export function startPrimary(config: Config, logger: FastifyBaseLogger): Promise<Node> {
  const opened = new Opened()
  return opened.orClose(logger, async () => {
    const database = await prepareDatabase(config, PRIMARY_POOL, { logger, opened })
    const relay = new NewsRelay()
    const redis = openBus(config, await redisPrefix(database), logger)
    if (redis) opened.add(() => redis.close())
    const demo = await openDemo({ config, database, bus: redis ?? relay, logger, opened })
    const secretKey = await findSecretKey(config)
    const desk = new FiguresDesk(measureHere)
    const beginning = { databaseUrl: database.url, secretKey, demo: demo.pages }
    const fork = forker(beginning, config.workers, relay, desk)
    const crew = new Crew({ size: config.workers, fork, log: logger })
    showCrew(crew)
    opened.add(() => crew.drain({ delayMs: 0, windowMs: 0 }))
    const url = await crew.start()
    demo.play()
    const drain = {
      begin: (times: { delayMs: number; windowMs: number }) => crew.drain(times),
      hurry: () => crew.hurry(),
    }
    return { url, pages: demo.pages, drain, stop: opened.close }
  })
}

/**
 * Connections are handed to the workers in turns. (Left to whoever wakes up first, as systems do with a shared
 * listener, some workers get several times as many as others, and long-lived connections stay where they are.)
 */
function forker(beginning: Beginning, workers: number, relay: NewsRelay, desk: FiguresDesk): () => Worker {
  cluster.schedulingPolicy = cluster.SCHED_RR
  cluster.setupPrimary({ serialization: 'advanced', execArgv: argumentsFor(workers) })
  return () => {
    const worker = cluster.fork()
    relay.add(new IpcPort(worker.process))
    desk.add(worker)
    tellWorker(worker, { type: 'begin', ...beginning })
    return worker
  }
}

function showCrew(crew: Crew): void {
  showNumber('workers', () => crew.state.workers)
  showNumber('workers_serving', () => crew.state.serving)
  showNumber('crash_loop', () => Number(crew.state.crashLoop))
  showNumber('worker_crashes_total', () => crew.crashes)
}
