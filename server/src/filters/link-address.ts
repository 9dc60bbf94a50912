import { LIMITS } from '@halley/shared'

const SCHEMES = new Set(['http:', 'https:', 'mailto:'])

/**
 * The address that a link to `text` may carry, as WHATWG URLs are written: absolute, `http`, `https` or `mailto`.
 * Undefined for everything else, for names and passwords in front of a host (`https://bank.example@evil.example`),
 * and for addresses over the limit.
 */
export function linkAddress(text: string): string | undefined {
  const url = URL.parse(text)
  if (!url || !SCHEMES.has(url.protocol)) return undefined
  if (url.username !== '' || url.password !== '') return undefined
  if (url.href.length > LIMITS.urlCharacters) return undefined
  return url.href
}
