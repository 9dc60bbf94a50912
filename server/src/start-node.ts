import type { FastifyBaseLogger } from 'fastify'
import { MemoryBus } from './bus/memory-bus.ts'
import type { Config } from './config.ts'
import { redisPrefix } from './db/redis-prefix.ts'
import type { Running } from './end-on-signals.ts'
import { openBus } from './open-bus.ts'
import { openDemo } from './open-demo.ts'
import { Opened } from './opened.ts'
import type { DemoPages } from './pages/host-pages.ts'
import { prepareDatabase } from './prepare-database.ts'
import { serve } from './serve.ts'

export interface Node extends Running {
  /** Where it listens. */
  readonly url: string
  readonly pages: DemoPages
}

/** Brings a whole node up in this process, with a Postgres of its own where none is named. */
export function startNode(config: Config, logger: FastifyBaseLogger): Promise<Node> {
  const opened = new Opened()
  return opened.orClose(logger, async () => {
    const database = await prepareDatabase(config, config.poolSize, { logger, opened })
    const bus = openBus(config, await redisPrefix(database), logger) ?? new MemoryBus()
    opened.add(() => bus.close())
    const demo = await openDemo({ config, database, bus, logger, opened })
    const { url, drain } = await serve({ config, database, bus, logger }, demo.pages, opened)
    demo.play()
    return { url, pages: demo.pages, drain, stop: opened.close }
  })
}
