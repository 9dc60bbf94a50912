import type { IncomingHttpHeaders } from 'node:http'
import type { Config } from '../config.ts'

/** What proxies add; those that add nothing are told by the `Origin` of the pages that come through them. */
const PROXIED = /^(forwarded|via|x-forwarded-|x-real-ip|cf-|x-original-)/
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/

/** Whether only this machine can reach the server, as far as its settings tell. */
export function staysAtHome(config: Pick<Config, 'host' | 'publicUrl' | 'trustProxy'>): boolean {
  const { host, publicUrl, trustProxy } = config
  if (trustProxy !== false || !LOOPBACK.test(host)) return false
  return publicUrl === undefined || LOOPBACK.test(new URL(publicUrl).hostname)
}

/**
 * Whether a request comes from a page of this server in a browser on this machine, or from a program on it: not from
 * another page (`Origin`), not by a name that was made to lead here (`Host`), and not through a proxy.
 */
export function comesFromHome(headers: IncomingHttpHeaders, peer: string | undefined): boolean {
  const { host = '', origin, 'sec-fetch-site': site = 'same-origin' } = headers
  if (peer === undefined || !/^(::ffff:)?127\.|^::1$/.test(peer)) return false
  if (Object.keys(headers).some((name) => PROXIED.test(name))) return false
  if (site !== 'same-origin') return false
  if (!LOOPBACK.test(host.replace(/:\d+$/, ''))) return false
  return origin === undefined || origin === `http://${host}`
}
