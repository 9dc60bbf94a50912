import { randomBytes, randomUUID } from 'node:crypto'
import type { Database } from '../db/database.ts'
import { and, eq, isNull } from '../db/drizzle.ts'
import { unlessTooMany } from '../db/or-unavailable.ts'
import { siteSecrets } from '../db/tables.ts'
import type { Logger } from '../logger.ts'
import { Problem } from '../problem.ts'
import type { SiteId } from '../rooms/room.ts'
import type { SecretBox } from './secret-box.ts'

/** With which a site's own server signs its users in. `secret` is text: its UTF-8 bytes are the HMAC key. */
export interface SiteSecret {
  readonly kid: string
  readonly secret: string
  readonly allowRoles: boolean
}

const purposeOf = (kid: string, site: SiteId) => `site ${site} secret ${kid}`

export async function createSiteSecret(
  database: Database,
  box: SecretBox,
  site: SiteId,
  allowRoles: boolean,
): Promise<SiteSecret> {
  const kid = randomUUID()
  const secret = randomBytes(32).toString('base64url')
  const sealed = box.seal(secret, purposeOf(kid, site))
  await database.db.insert(siteSecrets).values({ id: kid, siteId: site, secret: sealed, allowRoles })
  return { kid, secret, allowRoles }
}

/** A secret of a site that was not revoked. Throws where this deployment's key cannot open it, and `unavailable`. */
export async function findSiteSecret(
  database: Database,
  box: SecretBox,
  site: SiteId,
  kid: string,
): Promise<SiteSecret | undefined> {
  const asked = database.db
    .select()
    .from(siteSecrets)
    .where(and(eq(siteSecrets.siteId, site), eq(siteSecrets.id, kid), isNull(siteSecrets.revokedAt)))
  const [row] = await unlessTooMany(() => asked.execute())
  if (!row) return undefined
  return { kid, secret: box.open(row.secret, purposeOf(kid, site)), allowRoles: row.allowRoles }
}

/**
 * The same for whoever shows a token that names it: one that this deployment's key cannot open is as good as none, and
 * an operator is told. Throws `unavailable`.
 */
export async function findOpenSecret(
  parts: { readonly database: Database; readonly box: SecretBox; readonly log: Logger },
  site: SiteId,
  kid: string,
): Promise<SiteSecret | undefined> {
  try {
    return await findSiteSecret(parts.database, parts.box, site, kid)
  } catch (err) {
    if (err instanceof Problem) throw err
    parts.log.error({ err, site, kid }, 'a secret of a site was sealed with another SECRET_KEY')
    return undefined
  }
}
