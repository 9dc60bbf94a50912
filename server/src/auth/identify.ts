import { Problem } from '../problem.ts'
import type { Site } from '../rooms/room.ts'
import type { Caller } from './caller.ts'
import { guestPoster } from './guest.ts'

/**
 * Who sends this `Authorization` (scheme included), as far as the site is concerned; none means anonymous. Throws
 * `Problem` `token-invalid` or `token-expired`. What belongs to another site is as invalid as what never was.
 */
export type Identify = (authorization: string | undefined, site: Site) => Promise<Caller>

/** One way to prove who one is. Each is handed what follows the scheme. */
export interface Proofs {
  key(key: string, site: Site): Promise<Caller>
  jwt(token: string, site: Site): Promise<Caller>
}

const ANONYMOUS: Caller = { kind: 'anonymous' }
const MOST_BYTES = 4096

export function makeIdentify(proofs: Proofs): Identify {
  return async (authorization, site) => {
    if (authorization === undefined) return ANONYMOUS
    if (Buffer.byteLength(authorization) > MOST_BYTES) throw new Problem('token-invalid')
    const match = /^(bearer|guest) +([\w.~+/=-]+)$/i.exec(authorization)
    if (!match) throw new Problem('token-invalid')
    const [, scheme, token] = match as unknown as [string, string, string]
    if (scheme.toLowerCase() === 'guest') return { kind: 'guest', poster: guestPoster(token, site.id) }
    return token.startsWith('hk_') ? proofs.key(token, site) : proofs.jwt(token, site)
  }
}

/** Who asks, or why their token is no good: for those who decide later how much of that may be told. */
export async function whoAsks(
  identify: Identify,
  authorization: string | undefined,
  site: Site,
): Promise<Caller | Problem> {
  try {
    return await identify(authorization, site)
  } catch (error) {
    // Where it cannot be found out, nobody may be treated as a stranger.
    if (error instanceof Problem && error.code !== 'unavailable') return error
    throw error
  }
}
