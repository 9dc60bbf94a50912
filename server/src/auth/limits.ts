import type { LimitConfig } from '../config.ts'
import { Problem } from '../problem.ts'
import type { SiteId } from '../rooms/room.ts'
import { isStaff } from './abilities.ts'
import type { Caller } from './caller.ts'

export type Spending = 'read' | 'post' | 'join'

/** What somebody did, and from where. */
export interface Spender {
  /** The address of the peer (or of whom the trusted proxies name). */
  readonly address: string
  readonly site: SiteId
  readonly caller: Caller
}

/** Bounds what one person and one address may do in a minute. */
export interface Limits {
  /** Throws `Problem` `too-many-requests` with the seconds to wait. `cost` is in units, 1 by default. */
  spend(what: Spending, who: Spender, cost?: number): Promise<void>
}

/** Counts one unit of `key`; tells how many seconds to wait where `max` a minute is exceeded. */
export type Count = (key: string, max: number) => Promise<number | undefined>

const PLURAL = { read: 'reads', post: 'posts', join: 'joins' } as const

/** Whoever keeps a room in order works faster than people talk. */
const STAFF_FACTOR = 10

/**
 * Programs with a key are bound by the key's bound alone: their many people share one address. So are staff by their
 * own, or a crowd at their address could keep them from taking its posts down.
 */
export function makeLimits(count: Count, config: LimitConfig, network: (address: string) => string): Limits {
  const bounds = (what: Spending, who: Spender): [string, number][] => {
    const things = PLURAL[what]
    if (who.caller.kind === 'key') return [[`${what}:${who.caller.poster}`, config[`${things}PerKey`]]]
    const most = config[`${things}PerPerson`]
    const person = who.caller.kind === 'anonymous' ? undefined : `${what}:${who.site}:${who.caller.poster}`
    if (person !== undefined && isStaff(who.caller)) return [[person, most * STAFF_FACTOR]]
    const address: [string, number] = [`${what}:${network(who.address)}`, config[`${things}PerAddress`]]
    return person === undefined ? [address] : [address, [person, most]]
  }
  return {
    async spend(what, who, cost = 1) {
      const counted = bounds(what, who).flatMap(([key, max]) =>
        Array.from({ length: cost }, () => count(key, max)),
      )
      const waits = (await Promise.all(counted)).filter((wait) => wait !== undefined)
      if (waits.length > 0) throw new Problem('too-many-requests', undefined, Math.max(1, ...waits))
    },
  }
}
