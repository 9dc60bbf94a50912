import { HeldItem, ItemParams, ItemQuery, LiveItem, RoomParams, RoomSummary } from '@halley/shared'
import type { FastifyInstance } from 'fastify'
import { showNumber } from '../metrics/live-numbers.ts'
import { Problem } from '../problem.ts'
import { askEachTime } from './cache-rules.ts'
import { orWaiting, type Waiting } from './or-waiting.ts'
import { type PageParts, pageRoute } from './page-route.ts'
import { readItem } from './read-item.ts'
import { summarise } from './summarise.ts'
import { viewOf } from './view-of.ts'

interface Parts extends PageParts {
  readonly waiting: Waiting | undefined
}

export function historyRoutes(app: FastifyInstance, parts: Parts): void {
  showPages(app, parts)
  roomRoute(app, parts)
  pageRoute(app, parts)
  itemRoute(app, parts)
}

function showPages(app: FastifyInstance, { pages }: Parts): void {
  const shown = [
    showNumber('pages_kept_total', () => pages.counts.kept),
    showNumber('pages_read_total', () => pages.counts.read),
    showNumber('page_cache_bytes', () => pages.bytes),
  ]
  app.addHook('onClose', async () => {
    for (const hide of shown) hide()
  })
}

function roomRoute(app: FastifyInstance, { inRoom, log, recent }: Parts): void {
  app.get(
    '/v1/rooms/:site/:room',
    { schema: { summary: 'A room', tags: ['reading'], params: RoomParams, response: { 200: RoomSummary } } },
    inRoom('read', async (room, caller, request, reply) => {
      askEachTime(request, reply)
      const summary = await summarise(log, room, caller, recent)
      if (summary.stale) reply.header('cache-control', 'no-store')
      return summary
    }),
  )
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
      askEachTime(request, reply)
      const { id } = request.params
      if (view === 'reader' && hidden(room.id)?.has(id)) throw new Problem('unavailable', undefined, 2)
      const item = await orWaiting(readItem(log, room, caller, id, view), waiting, { room, caller, id })
      if ('rev' in item) reply.header('etag', `"${item.rev}"`)
      else reply.code(202)
      return item
    }),
  )
}
