import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { apiDocs } from './api-docs.ts'
import { makeKeyProof } from './auth/api-keys.ts'
import { countRequests } from './auth/count-requests.ts'
import { type Identify, makeIdentify } from './auth/identify.ts'
import { type InRoom, makeInRoom, type RoomFinder } from './auth/in-room.ts'
import { makeLimits } from './auth/limits.ts'
import { SecretBox } from './auth/secret-box.ts'
import { findSecretKey } from './auth/secret-key.ts'
import { findOpenSecret } from './auth/site-secrets.ts'
import { makeTokenProof } from './auth/site-token.ts'
import { TimedCache } from './auth/timed-cache.ts'
import type { Bus } from './bus/bus.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { openRedis, type RedisClient } from './db/open-redis.ts'
import { unlessTooMany } from './db/or-unavailable.ts'
import { redisPrefix } from './db/redis-prefix.ts'
import { Drain } from './drain.ts'
import { endConnections } from './end-connections.ts'
import type { Hub } from './fanout/hub.ts'
import { health } from './health.ts'
import { historyRoutes } from './history/history-routes.ts'
import { PageCache } from './history/page-cache.ts'
import { purgeOnChange } from './history/purge-on-change.ts'
import { Purger } from './history/purger.ts'
import { ingestRoutes } from './ingest/ingest-routes.ts'
import type { Posting } from './ingest/post-item.ts'
import { type Log, openLog } from './log/open-log.ts'
import { measure } from './metrics/measure.ts'
import { moderationRoutes } from './moderation/moderation-routes.ts'
import { openHub } from './open-hub.ts'
import { openServer } from './open-server.ts'
import { openSpool } from './open-spool.ts'
import { type InRole, roleGate } from './role-gate.ts'
import { findSite } from './rooms/find-site.ts'
import { KnownPlaces } from './rooms/known-places.ts'
import type { RoomId, Site } from './rooms/room.ts'
import { Rooms } from './rooms/rooms.ts'
import { staticFiles } from './static-files.ts'
import { transports } from './transports/transports-plugin.ts'
import type { Veils } from './veil/veils.ts'
import type { CrewState } from './workers/messages.ts'

/** Milliseconds for which a site is taken from memory, as rooms are. */
const SITE_REMEMBERED_MS = 2000

export interface AppParts {
  readonly config: Config
  /** Migrated. */
  readonly database: Database
  /** A copy of it that streams, for pages of history. */
  readonly replica?: Database | undefined
  readonly bus: Bus
  readonly logger: FastifyBaseLogger
  /** How the processes of this node are, where there are several. */
  readonly crew?: () => CrewState | undefined
  /** What all processes of this node measure, where there are several. */
  readonly figures?: (() => Promise<readonly unknown[] | undefined>) | undefined
  /** Milliseconds for which an event stream lasts, give or take a fifth. */
  readonly streamLifeMs?: number
}

async function openSecretBox({ config, logger }: AppParts): Promise<SecretBox | undefined> {
  const secretKey = await findSecretKey(config)
  if (secretKey !== undefined) return new SecretBox(secretKey)
  logger.warn('SECRET_KEY is not set: sites cannot sign their users in')
  return undefined
}

function identification(database: Database, box: SecretBox | undefined, log: FastifyBaseLogger): Identify {
  return makeIdentify({
    key: makeKeyProof(database),
    jwt: makeTokenProof(async (site, kid) => box && findOpenSecret({ database, box, log }, site.id, kid)),
  })
}

/** One connection for all that is counted and remembered together with other nodes. */
function openShared(app: FastifyInstance, { redisUrl }: Config): RedisClient | undefined {
  if (redisUrl === undefined) return undefined
  const redis = openRedis(redisUrl, 'halley-shared')
  redis.on('error', (err) => app.log.debug({ err }, 'Redis cannot be reached'))
  app.addHook('onClose', async () => redis.disconnect())
  return redis
}

function findRooms(database: Database, known: KnownPlaces | undefined): RoomFinder {
  const rooms = new Rooms(database, undefined, undefined, known)
  const sites = new TimedCache<Site | undefined>(SITE_REMEMBERED_MS, 10_000, {
    staleMs: Number.POSITIVE_INFINITY,
  })
  return {
    find: (site, room) => rooms.find(site, room),
    refresh: (addresses) => rooms.refresh(addresses),
    findSite: (slug) => sites.get(slug, () => siteOrKnown(database, known, slug)),
  }
}

async function siteOrKnown(database: Database, known: KnownPlaces | undefined, slug: string) {
  try {
    const site = await unlessTooMany(() => findSite(database, slug))
    known?.rememberSite(slug, site)
    return site
  } catch (error) {
    const site = await known?.site(slug)
    if (!site) throw error
    return site
  }
}

/** The log, and what tells a shared cache of its changes, where there is one. */
function openPurgedLog(app: FastifyInstance, { config, database, replica, bus, logger }: AppParts): Log {
  const log = openLog({ database, replica, bus, log: logger })
  const { purge } = config
  const purger = purge.url === undefined ? undefined : new Purger(purge.url, purge, logger)
  app.addHook('onClose', async () => {
    await log.close()
    await purger?.close()
  })
  return purger ? { ...log, publish: purgeOnChange(log.publish, purger) } : log
}

export interface App {
  readonly app: FastifyInstance
  readonly log: Log
  /** Undefined where no key is set. */
  readonly box: SecretBox | undefined
  readonly hub: Hub
  readonly drain: Drain
  /** For routes that are added after it. */
  readonly inRole: InRole
}

/**
 * Everything that a node does, on a server that does not listen yet. Closing it closes what it opened, each before
 * what it stands on: readers, the hub that feeds them, the log.
 */
export async function buildApp(parts: AppParts): Promise<App> {
  const { config, database, bus, logger } = parts
  const app = await openServer(config, logger)
  const log = openPurgedLog(app, parts)
  const prefix = await redisPrefix(database)
  const { redisUrl } = config
  const { hub, veils } = openHub(app, { redisUrl, prefix, database, bus, log, logger })
  const redis = openShared(app, config)
  const rooms = findRooms(database, redis && new KnownPlaces(redis, prefix))
  const box = await openSecretBox(parts)
  const identify = identification(database, box, parts.logger)
  const count = await countRequests(app, { redis, prefix: `${prefix}:limit:` })
  const limits = makeLimits(count, config.limits, (ip) => normalizeIP(ip, 64))
  const inRoom = makeInRoom({ rooms, identify, limits })

  measure(app, config, parts.figures)
  const drains = config.roles.has('jobs')
  const queue = await openSpool(app, { redisUrl, prefix, database, log, rooms, logger, drains })
  const inRole = roleGate(app, config.roles)
  await addRoutes(app, { config, inRole, inRoom, log, queue, recent: hub.recent, veils })
  const { connectionsPerAddress } = config.limits
  const { streamLifeMs } = parts
  const following = {
    join: hub.join,
    rooms,
    identify,
    limits,
    connectionsPerAddress,
    ackShare: config.ackShare,
    ...(streamLifeMs !== undefined && { streamLifeMs }),
  }
  const connections = await inRole('stream', () => transports(app, following))
  endConnections(app)
  const drain = new Drain(connections)
  const { crew, replica } = parts
  health(app, { database, replica, bus, drain, roles: config.roles, crew, spool: queue?.spool })
  return { app, log, hub, box, drain, inRole }
}

/** What is read, and what is written. */
async function addRoutes(
  app: FastifyInstance,
  parts: {
    readonly config: Config
    readonly inRole: InRole
    readonly inRoom: InRoom
    readonly log: Log
    readonly queue: Posting['queue']
    readonly recent: Hub['recent']
    readonly veils: Veils
  },
): Promise<void> {
  const { config, inRole, inRoom, log, queue, recent, veils } = parts
  const hidden = (room: RoomId) => veils.of(room)
  await inRole('api', async () => {
    await apiDocs(app)
    const pages = new PageCache(config.pageCacheBytes)
    const sharedSeconds = config.purge.url === undefined ? 0 : config.purge.seconds
    historyRoutes(app, { inRoom, log, waiting: queue?.spool, recent, hidden, pages, sharedSeconds })
    await staticFiles(app)
  })
  await inRole('ingest', () => {
    ingestRoutes(app, { inRoom, posting: { log, queue } })
    moderationRoutes(app, { inRoom, log, hiding: veils })
  })
}
