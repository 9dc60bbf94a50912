import type { Site } from '../rooms/room.ts'

/** `https://host[:port]`, or undefined where the text is no origin of a page. */
export function parseOrigin(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, origin, pathname, search, hash, username, password } = new URL(text)
  if (protocol !== 'https:' && protocol !== 'http:') return undefined
  const bare = pathname === '/' && !search && !hash && !username && !password
  return bare ? origin : undefined
}

/**
 * Whether a page of this origin may post and join. Origins bind browsers only: a request without one comes from a
 * program, which could claim any.
 */
export function allowsOrigin(site: Site, origin: string | undefined): boolean {
  if (origin === undefined || site.origins.length === 0) return true
  const parsed = parseOrigin(origin)
  return parsed !== undefined && site.origins.includes(parsed)
}
