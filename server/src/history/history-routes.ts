import {
  formatPosition,
  HeldItem,
  ItemParams,
  ItemQuery,
  ItemsPage,
  ItemsQuery,
  LIMITS,
  LiveItem,
  RoomParams,
  RoomSummary,
  type View,
} from '@halley/shared'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refusal } from '../auth/abilities.ts'
import type { Caller } from '../auth/caller.ts'
import type { InRoom } from '../auth/in-room.ts'
import type { LogReader } from '../log/log.ts'
import { Problem } from '../problem.ts'
import type { Room, RoomId } from '../rooms/room.ts'
import { orWaiting, type Waiting } from './or-waiting.ts'
import { readItem } from './read-item.ts'
import { type Place, placeOf, readPage } from './read-page.ts'
import { type RecentChanges, recentOr } from './recent.ts'
import { recentPage } from './recent-page.ts'
import { summarise } from './summarise.ts'

/** Changes when the same room at the same position would be told in another way. */
const TELLING = '1'

/** Caches may keep an answer, and must ask each time whether it still stands: a removal is seen at once. */
function cacheRules(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('cache-control', request.headers.authorization ? 'private, no-cache' : 'no-cache')
  reply.header('vary', 'Authorization')
}

function entityTag(position: string, view: View, hidden: ReadonlySet<string> | undefined): string {
  const without = hidden && view === 'reader' ? `.${[...hidden].sort().join()}` : ''
  return `"${TELLING}.${position}.${view}${without}"`
}

function viewOf(room: Room, caller: Caller, query: ItemQuery): View {
  const view = query.view ?? 'reader'
  const refused = view === 'staff' && refusal(caller, room, 'moderate')
  if (refused) throw new Problem(refused)
  return view
}

interface Parts {
  readonly inRoom: InRoom
  readonly log: LogReader
  readonly waiting: Waiting | undefined
  /** For while the log is away. */
  readonly recent: RecentChanges
  /** Items of a room that readers are not shown though they stand: their removal is under way. */
  readonly hidden: (room: RoomId) => ReadonlySet<string> | undefined
}

export function historyRoutes(app: FastifyInstance, parts: Parts): void {
  roomRoute(app, parts)
  itemsRoute(app, parts)
  itemRoute(app, parts)
}

function roomRoute(app: FastifyInstance, { inRoom, log, recent }: Parts): void {
  app.get(
    '/v1/rooms/:site/:room',
    { schema: { summary: 'A room', tags: ['reading'], params: RoomParams, response: { 200: RoomSummary } } },
    inRoom('read', async (room, caller, request, reply) => {
      cacheRules(request, reply)
      const summary = await summarise(log, room, caller, recent)
      if (summary.stale) reply.header('cache-control', 'no-store')
      return summary
    }),
  )
}

function itemsRoute(app: FastifyInstance, { inRoom, log, recent, hidden }: Parts): void {
  const schema = {
    summary: 'A page of items, newest first',
    tags: ['reading'],
    params: RoomParams,
    querystring: ItemsQuery,
    response: { 200: ItemsPage },
  }
  const cost = ({ query }: { query: ItemsQuery }) => Math.ceil((query.limit ?? 1) / LIMITS.defaultPageItems)
  app.get(
    '/v1/rooms/:site/:room/items',
    { schema },
    inRoom<{ Querystring: ItemsQuery }>({ may: 'read', cost }, async (room, caller, request, reply) => {
      const view = viewOf(room, caller, request.query)
      const place = placeOf(request.query)
      cacheRules(request, reply)
      try {
        return await freshPage(log, room, request, reply, place, view, hidden(room.id))
      } catch (error) {
        // Older pages are not known, and what staff see of held and removed items is not whole.
        if (Object.keys(place.at).length > 0 || view === 'staff') throw error
        const known = await recentOr(error, room, recent)
        reply.header('cache-control', 'no-store')
        const page = recentPage(known, request.query.limit)
        // An empty page with more behind it would end the scroll of whoever reads.
        if (page.items.length === 0 && page.older !== null) throw error
        return page
      }
    }),
  )
}

async function freshPage(
  log: LogReader,
  room: Room,
  request: FastifyRequest<{ Querystring: ItemsQuery }>,
  reply: FastifyReply,
  place: Place,
  view: View,
  hidden: ReadonlySet<string> | undefined,
): Promise<ItemsPage | FastifyReply> {
  const asked = request.headers['if-none-match']
  if (asked !== undefined) {
    const { head } = await log.counts(room.id)
    const tag = entityTag(formatPosition(head.epoch, head.rev), view, hidden)
    if (asked.includes(tag)) return reply.code(304).header('etag', tag).send()
  }
  const page = await readPage(log, room, place, view, request.query.limit, hidden)
  reply.header('etag', entityTag(page.position, view, hidden))
  return page
}

function itemRoute(app: FastifyInstance, { inRoom, log, waiting, hidden }: Parts): void {
  const schema = {
    summary: 'An item',
    tags: ['reading'],
    params: ItemParams,
    querystring: ItemQuery,
    response: { 200: LiveItem, 202: HeldItem },
  }
  app.get(
    '/v1/rooms/:site/:room/items/:id',
    { schema },
    inRoom<{ Params: ItemParams; Querystring: ItemQuery }>('read', async (room, caller, request, reply) => {
      const view = viewOf(room, caller, request.query)
      cacheRules(request, reply)
      const { id } = request.params
      if (view === 'reader' && hidden(room.id)?.has(id)) throw new Problem('unavailable', undefined, 2)
      const item = await orWaiting(readItem(log, room, caller, id, view), waiting, { room, caller, id })
      if ('rev' in item) reply.header('etag', `"${item.rev}"`)
      else reply.code(202)
      return item
    }),
  )
}
