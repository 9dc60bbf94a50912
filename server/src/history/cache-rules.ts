import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Room } from '../rooms/room.ts'
import type { PageState } from './page-state.ts'

/** Seconds for which a shared cache may keep a page that every post changes: enough that a crowd asks once. */
const NEWEST_S = 1

/** Caches may keep an answer, and must ask each time whether it still stands: a removal is seen at once. */
export function askEachTime(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('cache-control', request.headers.authorization ? 'private, no-cache' : 'no-cache')
  reply.header('vary', 'Authorization')
}

/** By which pages of a room are purged from shared caches. */
export function cacheTag(address: string): string {
  return `room-${address}`
}

/**
 * A shared cache that is purged may keep what everybody is told, for `seconds`. Not under an address whose `altered`
 * (`asked`) is yet to come: when it has, readers take the page for one that shows the change.
 */
export function shareFor(
  seconds: number,
  reply: FastifyReply,
  page: { readonly room: Room; readonly state: PageState; readonly altered: number; readonly asked?: number },
): void {
  const { room, state, altered, asked = 0 } = page
  if (room.visibility !== 'public' || asked > altered) return
  const age = state.settled ? seconds : Math.min(seconds, NEWEST_S)
  reply.header('cache-control', `public, max-age=0, s-maxage=${age}`)
  reply.header('cache-tag', cacheTag(room.address))
}
