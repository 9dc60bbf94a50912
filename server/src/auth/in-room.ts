import type { Ability, RoomParams } from '@halley/shared'
import type { FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'
import { Problem } from '../problem.ts'
import type { Room, Site, SiteId } from '../rooms/room.ts'
import { refusal } from './abilities.ts'
import { allowsOrigin } from './allows-origin.ts'
import type { Caller } from './caller.ts'
import { type Identify, whoAsks } from './identify.ts'
import type { Limits } from './limits.ts'

/** Where rooms are looked up. */
export interface RoomFinder {
  find(site: string, room: string): Promise<Room | undefined>
  /** Looks for many rooms at once; what is found then is found in memory for a while. */
  refresh(addresses: readonly string[]): Promise<void>
  findSite(site: string): Promise<Site | undefined>
}

type Request<R extends RouteGenericInterface> = FastifyRequest<R & { Params: RoomParams }>
type RoomHandler<R extends RouteGenericInterface> = (
  room: Room,
  caller: Caller,
  request: Request<R>,
  reply: FastifyReply,
) => Promise<unknown>

interface Needs<R extends RouteGenericInterface> {
  readonly may: Ability
  /** Reading, unless the route needs more than that. */
  readonly spends?: 'read' | 'post'
  /** In units of what it spends; 1 by default. */
  readonly cost?: (request: Request<R>) => number
}

/**
 * Makes a route's handler of one that is handed its room: whoever may not see the room, or may not do there what the
 * route needs, never gets that far. A room that one may not see answers exactly as one that does not exist.
 */
export type InRoom = <R extends RouteGenericInterface = RouteGenericInterface>(
  needs: Ability | Needs<R>,
  handler: RoomHandler<R>,
) => (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>

/** Stands in where there is no such site, so that the same work is done for it. */
const NOWHERE: Site = { id: 0 as SiteId, slug: '', origins: [], gone: false }

export function makeInRoom(parts: { rooms: RoomFinder; identify: Identify; limits: Limits }): InRoom {
  const { rooms, identify, limits } = parts

  return <R extends RouteGenericInterface>(needs: Ability | Needs<R>, handler: RoomHandler<R>) => {
    const {
      may,
      cost,
      spends = may === 'read' ? 'read' : 'post',
    }: Needs<R> = typeof needs === 'string' ? { may: needs } : needs
    return async (plain, reply) => {
      const request = plain as Request<R>
      const params = request.params as RoomParams
      // Of a peer that goes meanwhile the address is not known any more.
      const address = request.ip ?? ''
      const unfit = request.validationError
      if (unfit?.validationContext === 'params') throw unfit
      const site = await rooms.findSite(params.site)
      if (site?.gone) throw new Problem('site-gone')
      const who = await whoAsks(identify, request.headers.authorization, site ?? NOWHERE)
      const caller: Caller = who instanceof Problem ? { kind: 'anonymous' } : who
      const spender = { address, site: site?.id ?? NOWHERE.id, caller }
      await limits.spend(spends, spender, cost?.(request))
      // Of routes that ask for it (`attachValidation`): what is refused for its shape has been counted.
      if (unfit) throw unfit

      const room = await rooms.find(params.site, params.room)
      // Whoever holds a token that this site did sign may know that it has expired, whatever they asked for.
      if (who instanceof Problem && (who.code === 'token-expired' || room?.visibility === 'public')) throw who
      const refused = room ? refusal(caller, room, may) : 'room-unknown'
      if (!room || refused) throw new Problem(refused ?? 'room-unknown')
      if (spends === 'post' && !allowsOrigin(room.site, request.headers.origin)) {
        throw new Problem('origin-forbidden')
      }
      return handler(room, caller, request, reply)
    }
  }
}
