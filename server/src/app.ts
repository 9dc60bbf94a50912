import { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { apiDocs } from './api-docs.ts'
import { makeKeyProof } from './auth/api-keys.ts'
import { countRequests } from './auth/count-requests.ts'
import { makeIdentify } from './auth/identify.ts'
import { makeInRoom, type RoomFinder } from './auth/in-room.ts'
import { makeLimits } from './auth/limits.ts'
import { SecretBox } from './auth/secret-box.ts'
import { findSecretKey } from './auth/secret-key.ts'
import { findSiteSecret } from './auth/site-secrets.ts'
import { makeTokenProof } from './auth/site-token.ts'
import { TimedCache } from './auth/timed-cache.ts'
import type { Bus } from './bus/bus.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { deploymentId } from './db/deployment-id.ts'
import { orUnavailable } from './db/or-unavailable.ts'
import { Hub } from './fanout/hub.ts'
import { historyRoutes } from './history/history-routes.ts'
import { ingestRoutes } from './ingest/ingest-routes.ts'
import type { LogReader, LogWriter } from './log/log.ts'
import { openLog } from './log/open-log.ts'
import { moderationRoutes } from './moderation/moderation-routes.ts'
import { openServer } from './open-server.ts'
import { findSite } from './rooms/find-site.ts'
import type { Site } from './rooms/room.ts'
import { Rooms } from './rooms/rooms.ts'
import { staticFiles } from './static-files.ts'
import type { Connections } from './transports/connections.ts'
import { transports } from './transports/transports-plugin.ts'

/** Milliseconds for which a site is taken from memory, as rooms are. */
const SITE_REMEMBERED_MS = 2000

export interface AppParts {
  readonly config: Config
  /** Migrated. */
  readonly database: Database
  readonly bus: Bus
  readonly logger: Logger
}

async function identification({ config, database, logger }: AppParts) {
  const secretKey = await findSecretKey(config)
  if (secretKey === undefined) logger.warn('SECRET_KEY is not set: sites cannot sign their users in')
  const box = secretKey === undefined ? undefined : new SecretBox(secretKey)
  return makeIdentify({
    key: makeKeyProof(database),
    jwt: makeTokenProof(async (site, kid) => box && findSiteSecret(database, box, site.id, kid)),
  })
}

function findRooms(database: Database): RoomFinder {
  const rooms = new Rooms(database)
  const sites = new TimedCache<Site | undefined>(SITE_REMEMBERED_MS, 10_000)
  return {
    find: (site, room) => rooms.find(site, room),
    findSite: (slug) => sites.get(slug, () => orUnavailable(findSite(database, slug))),
  }
}

/** A node: a server that does not listen yet, and what whoever runs it needs of its inside. */
export interface App {
  readonly server: FastifyInstance
  readonly log: LogReader & LogWriter
  /** Readers who follow rooms. */
  readonly connections: Connections
}

/** Everything that a node does. Closing its server closes what it opened; the database and the bus it was handed. */
export async function buildApp(parts: AppParts): Promise<App> {
  const { config, database, bus, logger } = parts
  const server = await openServer(config, logger)
  const log = openLog({ database, bus, log: logger })
  const hub = new Hub({ log, bus, logger })
  const rooms = findRooms(database)
  const identify = await identification(parts)
  const shared = { redisUrl: config.redisUrl, prefix: `halley:${await deploymentId(database)}:` }
  const count = await countRequests(server, shared)
  const limits = makeLimits(count, config.limits, (address) => normalizeIP(address, 64))
  const inRoom = makeInRoom({ rooms, identify, limits })
  const { connectionsPerAddress } = config.limits

  await apiDocs(server)
  historyRoutes(server, { inRoom, log })
  ingestRoutes(server, { inRoom, log })
  moderationRoutes(server, { inRoom, log })
  const following = { join: hub.join, rooms, identify, limits, connectionsPerAddress }
  const connections = await transports(server, following)
  await staticFiles(server)
  hub.start()
  server.addHook('onClose', async () => {
    await hub.close()
    await log.close()
  })
  return { server, log, connections }
}
