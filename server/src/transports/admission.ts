import { type Ability, type JoinFrame, type Position, parsePosition, type View } from '@halley/shared'
import { abilities } from '../auth/abilities.ts'
import { allowsOrigin } from '../auth/allows-origin.ts'
import type { Caller } from '../auth/caller.ts'
import { type Identify, whoAsks } from '../auth/identify.ts'
import type { RoomFinder } from '../auth/in-room.ts'
import type { Limits, Spender } from '../auth/limits.ts'
import { Problem } from '../problem.ts'
import type { Room, Site, SiteId } from '../rooms/room.ts'

/** What somebody asks for when they join a room, whatever the transport. */
export type JoinAsk = Omit<JoinFrame, 'type'>

/** From where it is asked, as far as that is decided once for a connection. */
export interface Whence {
  /** The peer's address, or what trusted proxies say that it is. */
  readonly address: string
  /** The page's, where a browser asks. */
  readonly origin: string | undefined
}

export interface Admitted {
  readonly room: Room
  readonly since: Position | undefined
  readonly view: View
  readonly may: readonly Ability[]
  /** When the caller's token ends, in milliseconds since 1970; `Infinity` where it does not. */
  readonly expiresAt: number
}

/** Who asks, and from where on. */
interface Recognised {
  readonly site: Site
  readonly since: Position | undefined
  readonly caller: Caller | Problem
}

/** Stands in where there is no such site, so that the same work is done for it. */
const NOWHERE: Site = { id: 0 as SiteId, slug: '', origins: [], gone: false }

/** Decides every join, on every transport, and decides it again while the reader is there. */
export class Admission {
  readonly #parts: { rooms: RoomFinder; identify: Identify; limits: Limits }

  constructor(parts: { rooms: RoomFinder; identify: Identify; limits: Limits }) {
    this.#parts = parts
  }

  /** Throws `Problem`. A room that the caller may not read answers as one that is not there, even to a bad token. */
  async admit(ask: JoinAsk, whence: Whence): Promise<Admitted> {
    const [decision] = await this.admitTogether([ask], whence)
    if (decision instanceof Problem) throw decision
    return decision as Admitted
  }

  /** Decides about several, which cost each person who asks one join; a token that is no good costs one by itself. */
  async admitTogether(asks: readonly JoinAsk[], whence: Whence): Promise<(Admitted | Problem)[]> {
    const known = await Promise.all(asks.map((ask) => orProblem(() => this.#recognise(ask))))
    const paid = new Map<string, Promise<Problem | undefined>>()
    const decide = async (ask: JoinAsk, index: number): Promise<Admitted | Problem> => {
      const one = known[index] as Recognised | Problem
      if (one instanceof Problem) return one
      const { site, caller, since } = one
      const spender = { address: whence.address, site: site.id, caller: callerOf(one) }
      const name = caller instanceof Problem ? `${index}` : nameOf(caller, site)
      const paying = paid.get(name) ?? orProblem(() => this.#spend(spender))
      paid.set(name, paying)
      const refused = await paying
      if (refused) return refused
      return orProblem(() => this.#let(ask, caller, since, whence))
    }
    return Promise.all(asks.map(decide))
  }

  /** The same decision again: the origin does not change while a connection lasts, and it costs nobody anything. */
  async recheck(ask: JoinAsk): Promise<Admitted> {
    const { caller } = await this.#recognise(ask)
    return this.#decide(ask, caller, undefined)
  }

  /** Has the next `find` of each of these rooms cost nothing. */
  refresh(addresses: readonly string[]): Promise<void> {
    return this.#parts.rooms.refresh(addresses)
  }

  find(address: string): Promise<Room | undefined> {
    const [site = '', room = ''] = address.split('/', 2)
    return this.#parts.rooms.find(site, room)
  }

  async #spend(spender: Spender): Promise<undefined> {
    await this.#parts.limits.spend('join', spender)
  }

  /** As far as it can be said without looking for the room. */
  async #recognise(ask: JoinAsk): Promise<Recognised> {
    const since = parseSince(ask.since)
    const site = (await this.#parts.rooms.findSite(ask.room.split('/', 1)[0] as string)) ?? NOWHERE
    if (site.gone) throw new Problem('site-gone')
    return { site, since, caller: await whoAsks(this.#parts.identify, ask.token, site) }
  }

  async #let(
    ask: JoinAsk,
    caller: Caller | Problem,
    since: Position | undefined,
    whence: Whence,
  ): Promise<Admitted> {
    const admitted = await this.#decide(ask, caller, since)
    if (!allowsOrigin(admitted.room.site, whence.origin)) throw new Problem('origin-forbidden')
    return admitted
  }

  async #decide(ask: JoinAsk, caller: Caller | Problem, since: Position | undefined): Promise<Admitted> {
    const room = await this.find(ask.room)
    if (caller instanceof Problem) {
      // Whoever holds a token that this site did sign may know that it has ended, whatever they asked for.
      throw caller.code === 'token-expired' || room?.visibility === 'public'
        ? caller
        : new Problem('room-unknown')
    }
    const may = room && abilities(caller, room)
    if (!room || !may?.has('read')) throw new Problem('room-unknown')
    const view = ask.view ?? 'reader'
    if (view === 'staff' && !may.has('moderate')) {
      throw new Problem(caller.kind === 'user' || caller.kind === 'key' ? 'forbidden' : 'sign-in-required')
    }
    const expiresAt = caller.kind === 'user' ? caller.expiresAt : Number.POSITIVE_INFINITY
    return { room, since, view, may: [...may], expiresAt }
  }
}

const NOBODY: Caller = { kind: 'anonymous' }

const callerOf = ({ caller }: Recognised): Caller => (caller instanceof Problem ? NOBODY : caller)

const nameOf = (caller: Caller, site: Site): string =>
  caller.kind === 'anonymous' ? NOBODY.kind : `${site.id} ${caller.poster}`

async function orProblem<T>(decide: () => Promise<T>): Promise<T | Problem> {
  try {
    return await decide()
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

/** Undefined: from the head on. Throws `Problem` `bad-position` for what no server could have said. */
function parseSince(since: string | undefined): Position | undefined {
  if (since === undefined) return undefined
  const position = parsePosition(since)
  if (!position) throw new Problem('bad-position')
  return position
}
