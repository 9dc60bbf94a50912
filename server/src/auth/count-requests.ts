import rateLimit, { type RateLimitPluginOptions } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RedisClient } from '../db/open-redis.ts'
import type { Count } from './limits.ts'
import { whileItAnswers } from './while-it-answers.ts'

const WINDOW_MS = 60_000
/** Keys that one process remembers for itself. */
const REMEMBERED = 50_000

/** What `@fastify/rate-limit` is handed in a request's stead: joins on a socket are no requests. */
interface Counted {
  readonly routeOptions: { readonly config: object }
  readonly key: string
  readonly max: number
}

/** Counts by the minute: together with the other nodes where there is a Redis that answers, else each node alone. */
export async function countRequests(
  app: FastifyInstance,
  shared: { readonly redis: RedisClient | undefined; readonly prefix: string },
): Promise<Count> {
  const alone = await openCounter(app, { cache: REMEMBERED })
  const { redis } = shared
  if (!redis) return alone
  const together = await openCounter(app, { nameSpace: shared.prefix, redis })
  return whileItAnswers(together, alone, () => redis.status === 'ready')
}

/** One store of counts. Rejects where that does not count. */
async function openCounter(app: FastifyInstance, store: RateLimitPluginOptions): Promise<Count> {
  const { promise, resolve } = Promise.withResolvers<Count>()
  // In a scope of its own, because the plugin makes one store in each.
  await app.register(async (scope) => {
    await scope.register(rateLimit, { global: false, ...store })
    const counted = (request: FastifyRequest) => request as unknown as Counted
    const limiter = scope.createRateLimit({
      keyGenerator: (request) => counted(request).key,
      max: (request) => counted(request).max,
      timeWindow: WINDOW_MS,
      skipOnError: false,
    })
    resolve(async (key, max) => {
      const asked: Counted = { routeOptions: { config: {} }, key, max }
      const answer = await limiter(asked as unknown as FastifyRequest)
      return !answer.isAllowed && answer.isExceeded ? answer.ttlInSeconds : undefined
    })
  })
  return promise
}
