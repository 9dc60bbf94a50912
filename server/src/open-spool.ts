import type { FastifyInstance } from 'fastify'
import type { RoomFinder } from './auth/in-room.ts'
import { makeStillVouched } from './auth/still-vouched.ts'
import type { Database } from './db/database.ts'
import { databaseState } from './db/database-state.ts'
import { openRedis } from './db/open-redis.ts'
import { drainPosts } from './ingest/drain-posts.ts'
import { Outage } from './ingest/outage.ts'
import type { Posting } from './ingest/post-item.ts'
import type { LogWriter } from './log/log.ts'
import type { Logger } from './logger.ts'
import { showNumber } from './metrics/live-numbers.ts'
import { Drainers } from './spool/drainers.ts'
import { Spool } from './spool/spool.ts'

const DEADLINE_MS = 1000
const OPENING_MS = 2000

interface Parts {
  readonly redisUrl: string | undefined
  /** Of all names of this deployment on its Redis. */
  readonly prefix: string
  readonly database: Database
  readonly log: LogWriter
  readonly rooms: Pick<RoomFinder, 'find' | 'refresh'>
  readonly logger: Logger
  /** False where other nodes are to do it. */
  readonly drains: boolean
}

/** Where posts wait while Postgres is away, and what stores them afterwards; nothing where there is no Redis. */
export async function openSpool(app: FastifyInstance, parts: Parts): Promise<Posting['queue']> {
  const { redisUrl, prefix, database, log, rooms, logger } = parts
  if (redisUrl === undefined) return undefined
  const open = (name: string) => openRedis(redisUrl, name)
  const spool = new Spool({ open, prefix, logger })
  // A node that does not know what waits would let its first posts overtake that.
  await spool.open(OPENING_MS)
  const outage = new Outage(
    // For posts one that takes no writes is as good as away.
    async () => (await databaseState(database, DEADLINE_MS)) === 'up',
    () => spool.backlog.look(),
    logger,
  )
  const deliver = drainPosts({ log, rooms, stillVouched: makeStillVouched(database), logger })
  const drainers = parts.drains
    ? new Drainers({ open, prefix, backlog: spool.backlog, logger, deliver })
    : undefined
  const shown = showSpool(spool, outage, drainers)
  app.addHook('onClose', async () => {
    for (const hide of shown) hide()
    outage.close()
    await drainers?.close()
    spool.close()
  })
  return { spool, outage }
}

function showSpool(spool: Spool, outage: Outage, drainers: Drainers | undefined): (() => void)[] {
  return [
    showNumber('spool_keeps', () => Number(spool.keeps)),
    showNumber('spool_posts', () => spool.backlog.posts),
    showNumber('spool_rooms', () => spool.backlog.size),
    showNumber('spool_queued_total', () => spool.counts.queued),
    showNumber('spool_refused_total', () => spool.counts.refused),
    showNumber('spool_drained_total', () => drainers?.counts.drained),
    showNumber('spool_parked_total', () => drainers?.counts.parked),
    showNumber('outages_total', () => outage.count),
  ]
}
