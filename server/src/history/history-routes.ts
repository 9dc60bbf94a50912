import {
  formatPosition,
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
import { abilities, refusal } from '../auth/abilities.ts'
import type { Caller } from '../auth/caller.ts'
import type { InRoom } from '../auth/in-room.ts'
import type { LogReader } from '../log/log.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../rooms/room.ts'
import { readItem } from './read-item.ts'
import { readPage } from './read-page.ts'

/** Changes when the same room at the same position would be told in another way. */
const TELLING = '1'

/** Caches may keep an answer, and must ask each time whether it still stands: a removal is seen at once. */
function cacheRules(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('cache-control', request.headers.authorization ? 'private, no-cache' : 'no-cache')
  reply.header('vary', 'Authorization')
}

function entityTag(position: string, view: View): string {
  return `"${TELLING}.${position}.${view}"`
}

function checkView(room: Room, caller: Caller, view: View): void {
  const refused = view === 'staff' && refusal(caller, room, 'moderate')
  if (refused) throw new Problem(refused)
}

export function historyRoutes(app: FastifyInstance, parts: { inRoom: InRoom; log: LogReader }): void {
  const { inRoom, log } = parts

  const summarise = async (room: Room, caller: Caller): Promise<RoomSummary> => {
    const { head, items } = await log.counts(room.id)
    return {
      room: room.address,
      title: room.title,
      state: room.state,
      visibility: room.visibility,
      posting: room.posting,
      position: formatPosition(head.epoch, head.rev),
      items,
      editWindow: room.settings.editWindow,
      textLimit: room.settings.textLimit,
      may: [...abilities(caller, room)],
    }
  }

  app.get(
    '/v1/rooms/:site/:room',
    { schema: { summary: 'A room', params: RoomParams, response: { 200: RoomSummary } } },
    inRoom('read', async (room, caller, request, reply) => {
      cacheRules(request, reply)
      return summarise(room, caller)
    }),
  )

  app.get(
    '/v1/rooms/:site/:room/items',
    {
      schema: {
        summary: 'A page of items, newest first',
        params: RoomParams,
        querystring: ItemsQuery,
        response: { 200: ItemsPage },
      },
    },
    inRoom<{ Querystring: ItemsQuery }>(
      { may: 'read', cost: ({ query }) => Math.ceil((query.limit ?? 1) / LIMITS.defaultPageItems) },
      async (room, caller, request, reply) => {
        const { query } = request
        const view = query.view ?? 'reader'
        checkView(room, caller, view)
        cacheRules(request, reply)
        const asked = request.headers['if-none-match']
        if (asked !== undefined) {
          const { head } = await log.counts(room.id)
          const tag = entityTag(formatPosition(head.epoch, head.rev), view)
          if (asked.includes(tag)) return reply.code(304).header('etag', tag).send()
        }
        const page = await readPage(log, room, query)
        reply.header('etag', entityTag(page.position, view))
        return page
      },
    ),
  )

  app.get(
    '/v1/rooms/:site/:room/items/:id',
    {
      schema: {
        summary: 'An item',
        params: ItemParams,
        querystring: ItemQuery,
        response: { 200: LiveItem },
      },
    },
    inRoom<{ Params: ItemParams; Querystring: ItemQuery }>('read', async (room, caller, request, reply) => {
      const view = request.query.view ?? 'reader'
      checkView(room, caller, view)
      cacheRules(request, reply)
      const item = await readItem(log, room, caller, request.params.id, view)
      reply.header('etag', `"${item.rev}"`)
      return item
    }),
  )
}
