import { createHash, randomBytes } from 'node:crypto'
import type { Database } from '../db/database.ts'
import { and, eq, isNull } from '../db/drizzle.ts'
import { unlessTooMany } from '../db/or-unavailable.ts'
import { apiKeys } from '../db/tables.ts'
import { Problem } from '../problem.ts'
import type { Site, SiteId } from '../rooms/room.ts'
import type { Caller, KeyScope } from './caller.ts'
import { STALE_MS } from './stale-ms.ts'
import { TimedCache } from './timed-cache.ts'

const KEY = /^hk_[A-Za-z0-9_-]{43}$/
/** A revoked key is refused everywhere after at most this long. */
const REMEMBERED_MS = 3000

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** Makes a key of 32 random bytes; only its hash is kept, so this is the one time that it can be shown. */
export async function createApiKey(
  database: Database,
  site: SiteId,
  scope: KeyScope,
  name: string,
): Promise<{ readonly id: string; readonly key: string }> {
  const key = `hk_${randomBytes(32).toString('base64url')}`
  const [row] = await database.db
    .insert(apiKeys)
    .values({ siteId: site, scope, hash: hashOf(key), name })
    .returning({ id: apiKeys.id })
  return { id: (row as { id: string }).id, key }
}

/** Answers who holds a key. Throws `Problem` `token-invalid`, for another site's key too, and `unavailable`. */
export function makeKeyProof(database: Database): (key: string, site: Site) => Promise<Caller> {
  const known = new TimedCache<{ id: string; siteId: number; scope: KeyScope } | undefined>(
    REMEMBERED_MS,
    10_000,
    { staleMs: STALE_MS },
  )
  const load = async (hash: Buffer) => {
    const asked = database.db
      .select({ id: apiKeys.id, siteId: apiKeys.siteId, scope: apiKeys.scope })
      .from(apiKeys)
      .where(and(eq(apiKeys.hash, hash), isNull(apiKeys.revokedAt)))
    const [row] = await unlessTooMany(() => asked.execute())
    return row
  }
  return async (key, site) => {
    if (!KEY.test(key)) throw new Problem('token-invalid')
    const hash = hashOf(key)
    const row = await known.get(hash.toString('base64'), () => load(hash))
    if (!row || row.siteId !== site.id) throw new Problem('token-invalid')
    return { kind: 'key', poster: `key:${row.id}`, scope: row.scope }
  }
}
