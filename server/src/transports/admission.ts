import { type Ability, type JoinFrame, type Position, parsePosition, type View } from '@halley/shared'
import { abilities } from '../auth/abilities.ts'
import { allowsOrigin } from '../auth/allows-origin.ts'
import type { Caller } from '../auth/caller.ts'
import { type Identify, whoAsks } from '../auth/identify.ts'
import type { RoomFinder } from '../auth/in-room.ts'
import type { Limits } from '../auth/limits.ts'
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

/** Stands in where there is no such site, so that the same work is done for it. */
const NOWHERE: Site = { id: 0 as SiteId, slug: '', origins: [], gone: false }

/** Decides every join, on every transport, and decides it again while the reader is there. */
export class Admission {
  readonly #parts: { rooms: RoomFinder; identify: Identify; limits: Limits }

  constructor(parts: { rooms: RoomFinder; identify: Identify; limits: Limits }) {
    this.#parts = parts
  }

  /**
   * Throws `Problem`. A room that the caller may not read answers as one that is not there, even to a bad token.
   * `cost` is in joins, of which a peer has so many a minute.
   */
  async admit(ask: JoinAsk, whence: Whence, cost = 1): Promise<Admitted> {
    const since = parseSince(ask.since)
    const { rooms, limits } = this.#parts
    const site = (await rooms.findSite(ask.room.split('/', 1)[0] as string)) ?? NOWHERE
    if (site.gone) throw new Problem('site-gone')
    const caller = await whoAsks(this.#parts.identify, ask.token, site)
    const spender = {
      address: whence.address,
      site: site.id,
      caller: caller instanceof Problem ? NOBODY : caller,
    }
    await limits.spend('join', spender, cost)
    const admitted = await this.#decide(ask, caller, since)
    if (!allowsOrigin(admitted.room.site, whence.origin)) throw new Problem('origin-forbidden')
    return admitted
  }

  /** The same decision again: the origin does not change while a connection lasts, and it costs nobody anything. */
  async recheck(ask: JoinAsk): Promise<Admitted> {
    const site = (await this.#parts.rooms.findSite(ask.room.split('/', 1)[0] as string)) ?? NOWHERE
    if (site.gone) throw new Problem('site-gone')
    return this.#decide(ask, await whoAsks(this.#parts.identify, ask.token, site), undefined)
  }

  /** Has the next `find` of each of these rooms cost nothing. */
  refresh(addresses: readonly string[]): Promise<void> {
    return this.#parts.rooms.refresh(addresses)
  }

  find(address: string): Promise<Room | undefined> {
    const [site = '', room = ''] = address.split('/', 2)
    return this.#parts.rooms.find(site, room)
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

/** Undefined: from the head on. Throws `Problem` `bad-position` for what no server could have said. */
function parseSince(since: string | undefined): Position | undefined {
  if (since === undefined) return undefined
  const position = parsePosition(since)
  if (!position) throw new Problem('bad-position')
  return position
}
