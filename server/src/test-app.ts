import { randomBytes, randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll } from 'vitest'
import { buildApp } from './app.ts'
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
import { createRoom, type NewRoom } from './rooms/create-room.ts'
import { createSite } from './rooms/create-site.ts'
import type { Room, Site } from './rooms/room.ts'

const SECRET_KEY = 'of the tests of this repository, and of nothing else'

/** What one test file works with: call `testApp` at its top level; everything ends with the file. */
export interface TestApp {
  readonly app: FastifyInstance
  readonly drain: Drain
  readonly database: Database
  readonly config: Config
  readonly box: SecretBox
  site(origins?: readonly string[]): Promise<Site>
  room(site: Site, room?: Partial<NewRoom>): Promise<Room>
  /** `Authorization` of a new key. */
  key(site: Site, scope: KeyScope): Promise<string>
  /** `Authorization` of somebody whom the site signed in. */
  user(site: Site, claims?: Partial<Parameters<typeof signSiteToken>[2]>): Promise<string>
}

/** `Authorization` of a new guest. */
export function guest(): string {
  return `Guest ${randomBytes(32).toString('base64url')}`
}

const slug = () => `s${randomUUID().slice(0, 8)}`

export async function testApp(env: NodeJS.ProcessEnv = {}): Promise<TestApp> {
  const database = await testDatabase()
  const config = loadConfig({ DATABASE_URL: database.url, SECRET_KEY, ...env })
  const box = new SecretBox(SECRET_KEY)
  const { app, drain } = await buildApp({
    config,
    database,
    bus: new MemoryBus(),
    logger: pino({ level: 'silent' }),
  })
  afterAll(() => app.close())
  return {
    app,
    drain,
    database,
    config,
    box,
    site: async (origins = []) => (await createSite(database, { slug: slug(), origins })) as Site,
    room: async (site, room) =>
      (await createRoom(database, site, { slug: slug(), title: 'A room', ...room })) as Room,
    key: async (site, scope) => `Bearer ${(await createApiKey(database, site.id, scope, '')).key}`,
    user: async (site, claims) => {
      const secret = await createSiteSecret(database, box, site.id, true)
      return `Bearer ${await signSiteToken(secret, site.slug, { sub: randomUUID(), name: 'Ada', ...claims })}`
    },
  }
}
