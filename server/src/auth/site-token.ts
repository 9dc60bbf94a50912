import { StaffRole } from '@halley/shared'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { Value } from 'typebox/value'
import { Problem } from '../problem.ts'
import type { Site } from '../rooms/room.ts'
import type { Caller } from './caller.ts'
import type { SiteSecret } from './site-secrets.ts'
import { STALE_MS } from './stale-ms.ts'
import { TimedCache } from './timed-cache.ts'

const SKEW_SECONDS = 60
const LONGEST_SECONDS = 3600
/** A revoked secret signs nobody in after at most this long. */
const REMEMBERED_MS = 3000
/** Headers through which a token could bring its own key, or ask for more than is understood. */
const FORBIDDEN_HEADERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip']
const KID = /^[\w-]{1,64}$/

function kidOf(token: string): string {
  const header = decodeProtectedHeader(token)
  const refused = header.alg !== 'HS256' || FORBIDDEN_HEADERS.some((name) => name in header)
  if (refused || typeof header.kid !== 'string' || !KID.test(header.kid)) throw new Problem('token-invalid')
  return header.kid
}

function toCaller(payload: JWTPayload, secret: SiteSecret): Caller {
  const { sub, name, avatar, role, exp } = payload
  const left = (exp as number) - Date.now() / 1000
  const named = typeof name === 'string' && name.trim() !== '' && name.length <= 200
  if (
    !named ||
    typeof sub !== 'string' ||
    sub === '' ||
    sub.length > 200 ||
    left > LONGEST_SECONDS + SKEW_SECONDS
  ) {
    throw new Problem('token-invalid')
  }
  const picture = typeof avatar === 'string' && /^https?:\/\//.test(avatar) && URL.canParse(avatar)
  return {
    kind: 'user',
    poster: `user:${sub}`,
    name,
    ...(picture && avatar.length <= 2000 && { avatar }),
    ...(secret.allowRoles && Value.Check(StaffRole, role) && { role }),
    expiresAt: (exp as number) * 1000,
    kid: secret.kid,
  }
}

async function verify(token: string, site: Site, secret: SiteSecret): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, Buffer.from(secret.secret), {
    algorithms: ['HS256'],
    audience: site.slug,
    clockTolerance: SKEW_SECONDS,
    requiredClaims: ['exp', 'aud', 'sub'],
  })
  return payload
}

/**
 * Answers whom a site's JWT names: HS256 with the secret that its `kid` names, `aud` the site's slug, at most an hour
 * long, clocks a minute apart. Throws `Problem` `token-expired` for what was good until its time, else `token-invalid`.
 */
export function makeTokenProof(
  find: (site: Site, kid: string) => Promise<SiteSecret | undefined>,
): (token: string, site: Site) => Promise<Caller> {
  const known = new TimedCache<SiteSecret | undefined>(REMEMBERED_MS, 10_000, { staleMs: STALE_MS })
  return async (token, site) => {
    try {
      const kid = kidOf(token)
      const secret = await known.get(`${site.id} ${kid}`, () => find(site, kid))
      if (!secret) throw new Problem('token-invalid')
      return toCaller(await verify(token, site, secret), secret)
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new Problem('token-expired')
      if (error instanceof errors.JOSEError || error instanceof TypeError) throw new Problem('token-invalid')
      throw error
    }
  }
}

/** Signs a token as a site's server does; for trying things, and for tests. */
export function signSiteToken(
  secret: Pick<SiteSecret, 'kid' | 'secret'>,
  site: string,
  claims: {
    readonly sub: string
    readonly name: string
    readonly role?: StaffRole
    readonly avatar?: string
  },
  seconds = 600,
): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'HS256', kid: secret.kid, typ: 'JWT' })
    .setAudience(site)
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(Buffer.from(secret.secret))
}
