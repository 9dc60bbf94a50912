import type { Database } from '../db/database.ts'
import { and, eq, isNull } from '../db/drizzle.ts'
import { unlessTooMany } from '../db/or-unavailable.ts'
import { apiKeys, siteSecrets } from '../db/tables.ts'
import type { Caller } from './caller.ts'
import { TimedCache } from './timed-cache.ts'

/** Milliseconds for which one look serves; many posts of one key are asked about at once. */
const REMEMBERED_MS = 1000

/** Whether the key that somebody came with, or the secret that vouched for them, is good still. */
export type StillVouched = (caller: Caller) => Promise<boolean>

/** Throws `Problem` `unavailable`. That a token has ended meanwhile is no matter: it was good when it was used. */
export function makeStillVouched(database: Database): StillVouched {
  const known = new TimedCache<boolean>(REMEMBERED_MS, 10_000)
  const keyStands = async (id: string) => {
    const standing = and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt))
    const asked = database.db.select({ id: apiKeys.id }).from(apiKeys).where(standing)
    return (await unlessTooMany(() => asked.execute())).length > 0
  }
  const secretStands = async (id: string) => {
    const standing = and(eq(siteSecrets.id, id), isNull(siteSecrets.revokedAt))
    const asked = database.db.select({ id: siteSecrets.id }).from(siteSecrets).where(standing)
    return (await unlessTooMany(() => asked.execute())).length > 0
  }
  return async (caller) => {
    if (caller.kind === 'key') {
      const id = caller.poster.slice('key:'.length)
      return known.get(`key ${id}`, () => keyStands(id))
    }
    if (caller.kind === 'user') return known.get(`secret ${caller.kid}`, () => secretStands(caller.kid))
    return true
  }
}
