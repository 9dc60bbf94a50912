import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RedisClient } from '../db/open-redis.ts'
import type { Count } from './limits.ts'

const WINDOW_MS = 60_000
/** Keys that one process remembers where there is no Redis. */
const REMEMBERED = 50_000

/** What `@fastify/rate-limit` is handed in a request's stead: joins on a socket are no requests. */
interface Counted {
  readonly routeOptions: { readonly config: object }
  readonly key: string
  readonly max: number
}

/** Counts by the minute, together with the other nodes where there is Redis; what cannot be counted is let through. */
export async function countRequests(
  app: FastifyInstance,
  shared: { readonly redis: RedisClient | undefined; readonly prefix: string },
): Promise<Count> {
  const { redis, prefix } = shared
  const store = redis ? { redis } : {}
  await app.register(rateLimit, { global: false, cache: REMEMBERED, nameSpace: prefix, ...store })
  const counted = (request: FastifyRequest) => request as unknown as Counted
  const limiter = app.createRateLimit({
    keyGenerator: (request) => counted(request).key,
    max: (request) => counted(request).max,
    timeWindow: WINDOW_MS,
    skipOnError: true,
  })
  return async (key, max) => {
    const asked: Counted = { routeOptions: { config: {} }, key, max }
    const answer = await limiter(asked as unknown as FastifyRequest)
    return !answer.isAllowed && answer.isExceeded ? answer.ttlInSeconds : undefined
  }
}
