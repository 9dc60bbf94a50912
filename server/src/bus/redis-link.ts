import { Redis } from 'ioredis'

/** How long Redis may take to answer anything. */
export const REDIS_DEADLINE_MS = 1000
const LONGEST_RETRY_MS = 1000

/**
 * A connection that fails fast: nothing is queued while it is away, and nothing is sent again by itself when it
 * comes back. It tries to come back for ever.
 */
export function openRedisLink(url: string, name: string): Redis {
  return new Redis(url, {
    connectionName: name,
    connectTimeout: REDIS_DEADLINE_MS,
    commandTimeout: REDIS_DEADLINE_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) =>
      Math.min(LONGEST_RETRY_MS, 50 * 2 ** Math.min(attempt, 5)) * (0.5 + Math.random() / 2),
  })
}
