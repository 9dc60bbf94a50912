import { createHash } from 'node:crypto'
import { Problem } from '../problem.ts'
import type { SiteId } from '../rooms/room.ts'

/** 32 bytes as base64url without padding; the last character has four bits. */
const TOKEN = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

/**
 * What is stored beside a guest's items: a hash of their token and the site, so that neither a copy of the database
 * nor another site can post as them. Throws `Problem` `token-invalid`.
 */
export function guestPoster(token: string, site: SiteId): string {
  if (!TOKEN.test(token)) throw new Problem('token-invalid')
  const hash = createHash('sha256').update(`halley guest ${site} `).update(Buffer.from(token, 'base64url'))
  return `guest:${hash.digest('base64url')}`
}
