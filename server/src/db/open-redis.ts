import { Cluster, Redis, type RedisOptions } from 'ioredis'

/** How long Redis may take to answer anything. */
export const REDIS_DEADLINE_MS = 1000
const LONGEST_RETRY_MS = 1000
/** Milliseconds between looks at which master of a Cluster has which slots. */
const SLOTS_EVERY_MS = 2000

export type RedisClient = Redis | Cluster

/**
 * A connection that fails fast: nothing is queued while it is away, and it tries to come back for ever. `url` is one
 * Redis or Valkey, or a Cluster: several addresses with commas between, or one that begins with `redis+cluster:`.
 * A Cluster may send a command again whose answer was lost; a single one never does. `together`: commands of one turn
 * of the event loop travel as one.
 */
export function openRedis(url: string, name: string, { together = false } = {}): RedisClient {
  if (!isCluster(url)) return openRedisNode(new URL(url), name, { together })
  const addresses = url.split(',').map((one) => new URL(one.trim().replace('+cluster', '')))
  const nodes = addresses.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 6379) }))
  return new Cluster(nodes, {
    enableAutoPipelining: together,
    enableOfflineQueue: false,
    slotsRefreshTimeout: REDIS_DEADLINE_MS,
    slotsRefreshInterval: SLOTS_EVERY_MS,
    maxRedirections: 4,
    retryDelayOnFailover: 100,
    retryDelayOnClusterDown: 100,
    clusterRetryStrategy: retryAfter,
    redisOptions: failingFast(addresses[0] as URL, name),
  })
}

/** The same to one server by itself, which may be a node of a Cluster. */
export function openRedisNode(url: URL, name: string, { together = false } = {}): Redis {
  return new Redis({
    enableAutoPipelining: together,
    ...failingFast(url, name),
    host: url.hostname,
    port: Number(url.port || 6379),
    db: Number(url.pathname.slice(1) || 0),
    enableOfflineQueue: false,
    retryStrategy: retryAfter,
  })
}

/** Resolves with whether it is connected, after a deadline at the latest. */
export async function reached(client: RedisClient): Promise<boolean> {
  if (client.status === 'ready') return true
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => resolve(false), REDIS_DEADLINE_MS)
  client.once('ready', () => resolve(true))
  return promise.finally(() => clearTimeout(timer))
}

export function isCluster(url: string): boolean {
  return url.includes(',') || /^rediss?\+cluster:/.test(url)
}

function failingFast(url: URL, name: string) {
  return {
    connectionName: name,
    connectTimeout: REDIS_DEADLINE_MS,
    commandTimeout: REDIS_DEADLINE_MS,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    ...(url.username && { username: decodeURIComponent(url.username) }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
    ...(url.protocol === 'rediss:' && { tls: {} }),
  } satisfies RedisOptions
}

const retryAfter = (attempt: number): number =>
  Math.min(LONGEST_RETRY_MS, 50 * 2 ** Math.min(attempt, 5)) * (0.5 + Math.random() / 2)
