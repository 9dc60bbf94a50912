import { randomBytes, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { atEnd } from '../../e2e/parts/at-end.ts'
import { type AppParts, buildApp } from './app.ts'
import { createApiKey } from './auth/api-keys.ts'
import type { KeyScope } from './auth/caller.ts'
import { SecretBox } from './auth/secret-box.ts'
import { createSiteSecret } from './auth/site-secrets.ts'
import { signSiteToken } from './auth/site-token.ts'
import { MemoryBus } from './bus/memory-bus.ts'
import { type Config, loadConfig } from './config.ts'
import type { Database } from './db/database.ts'
import { testDatabase } from './db/test-database.ts'
import type { Drain } from './drain.ts'
import type { Hub } from './fanout/hub.ts'
import type { Log } from './log/open-log.ts'
import { createRoom, type NewRoom } from './rooms/create-room.ts'
import { createSite } from './rooms/create-site.ts'
import type { Room, Site } from './rooms/room.ts'

const SECRET_KEY = 'of the tests of this repository, and of nothing else'

/** What is limited is tested by the tests of limits. */
const UNLIMITED = Object.fromEntries(
  ['POSTS', 'READS', 'JOINS'].flatMap((what) =>
    ['PERSON', 'ADDRESS', 'KEY'].map((who) => [`LIMIT_${what}_${who}`, '100000000']),
  ),
)

/** What a test file or a test works with: everything ends with where `testApp` was called. */
export interface TestApp {
  readonly app: FastifyInstance
  readonly log: Log
  readonly drain: Drain
  readonly hub: Hub
  readonly database: Database
  readonly config: Config
  readonly box: SecretBox
  site(origins?: readonly string[]): Promise<Site>
  room(site: Site, room?: Partial<NewRoom>): Promise<Room>
  /** `Authorization` of a new key. */
  key(site: Site, scope: KeyScope): Promise<string>
  keyWithId(site: Site, scope: KeyScope): Promise<{ readonly authorization: string; readonly id: string }>
  /** `Authorization` of somebody whom the site signed in, ten minutes long or as many seconds as told. */
  user(site: Site, claims?: Partial<Parameters<typeof signSiteToken>[2]>, seconds?: number): Promise<string>
}

/** `Authorization` of a new guest. */
export function guest(): string {
  return `Guest ${randomBytes(32).toString('base64url')}`
}

const slug = () => `s${randomUUID().slice(0, 8)}`

/** `parts` stand in for the usual ones. */
export async function testApp(
  env: NodeJS.ProcessEnv = {},
  parts: Partial<Pick<AppParts, 'bus' | 'streamLifeMs'>> = {},
): Promise<TestApp> {
  const database = await testDatabase()
  const config = loadConfig({ DATABASE_URL: database.url, SECRET_KEY, ACK_SHARE: '0', ...UNLIMITED, ...env })
  const box = new SecretBox(SECRET_KEY)
  const keyWithId: TestApp['keyWithId'] = async (site, scope) => {
    const { key, id } = await createApiKey(database, site.id, scope, '')
    return { authorization: `Bearer ${key}`, id }
  }
  const { app, log, hub, drain } = await buildApp({
    config,
    database,
    bus: new MemoryBus(),
    logger: pino({ level: 'silent' }),
    ...parts,
  })
  atEnd(() => app.close())
  return {
    app,
    log,
    drain,
    hub,
    database,
    config,
    box,
    site: async (origins = []) => (await createSite(database, { slug: slug(), origins })) as Site,
    room: async (site, room) =>
      (await createRoom(database, site, { slug: slug(), title: 'A room', ...room })) as Room,
    key: async (site, scope) => (await keyWithId(site, scope)).authorization,
    keyWithId,
    user: async (site, claims, seconds) => {
      const secret = await createSiteSecret(database, box, site.id, true)
      const all = { sub: randomUUID(), name: 'Ada', ...claims }
      return `Bearer ${await signSiteToken(secret, site.slug, all, seconds)}`
    },
  }
}
