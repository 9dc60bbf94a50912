import type { FastifyInstance } from 'fastify'
import type { SecretBox } from '../auth/secret-box.ts'
import { createSiteSecret, findSiteSecret, type SiteSecret } from '../auth/site-secrets.ts'
import { signSiteToken } from '../auth/site-token.ts'
import type { Database } from '../db/database.ts'
import { and, eq, isNull } from '../db/drizzle.ts'
import { siteSecrets } from '../db/tables.ts'
import { Problem } from '../problem.ts'
import { findSite } from '../rooms/find-site.ts'
import type { SiteId } from '../rooms/room.ts'
import { comesFromHome } from './is-at-home.ts'
import { DEMO_SITE } from './wants-demo.ts'

const MODERATOR = { sub: 'demo-moderator', name: 'Ines Okafor', role: 'moderator' } as const
const SECONDS = 600

/**
 * `POST /demo/moderator-token`: what a site's own server does for its people, done for whoever sits at this machine.
 * Answers a token of ten minutes that moderates the demo's site and nothing else.
 */
export function moderatorToken(app: FastifyInstance, parts: { database: Database; box: SecretBox }): void {
  app.post('/demo/moderator-token', { schema: { hide: true } }, async (request, reply) => {
    if (!comesFromHome(request.headers, request.socket.remoteAddress)) throw new Problem('forbidden')
    const secret = await demoSecret(parts.database, parts.box)
    reply.header('cache-control', 'no-store').type('text/plain')
    return signSiteToken(secret, DEMO_SITE, MODERATOR, SECONDS)
  })
}

async function demoSecret(database: Database, box: SecretBox): Promise<SiteSecret> {
  const site = await findSite(database, DEMO_SITE)
  if (!site) throw new Problem('not-found')
  const kid = await kidOf(database, site.id)
  const known = kid === undefined ? undefined : await findSiteSecret(database, box, site.id, kid)
  return known ?? createSiteSecret(database, box, site.id, true)
}

async function kidOf(database: Database, site: SiteId): Promise<string | undefined> {
  const usable = and(
    eq(siteSecrets.siteId, site),
    eq(siteSecrets.allowRoles, true),
    isNull(siteSecrets.revokedAt),
  )
  const [row] = await database.db.select({ kid: siteSecrets.id }).from(siteSecrets).where(usable).limit(1)
  return row?.kid
}
