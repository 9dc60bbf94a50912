import negotiate from '@fastify/accept-negotiator'
import { ItemsPage, ItemsQuery, LIMITS, RoomParams, type View } from '@halley/shared'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { InRoom } from '../auth/in-room.ts'
import type { LogReader, RoomCounts } from '../log/log.ts'
import { Problem } from '../problem.ts'
import type { Room, RoomId } from '../rooms/room.ts'
import { askEachTime, shareFor } from './cache-rules.ts'
import { PageBytes } from './page-bytes.ts'
import type { KeptPage, PageCache } from './page-cache.ts'
import { entityTag, type PageState, standingTag } from './page-state.ts'
import { type Place, placeOf, readPage } from './read-page.ts'
import { type RecentChanges, recentOr } from './recent.ts'
import { recentPage } from './recent-page.ts'
import { viewOf } from './view-of.ts'

export interface PageParts {
  readonly inRoom: InRoom
  readonly log: LogReader
  /** For while the log is away. */
  readonly recent: RecentChanges
  /** Items of a room that readers are not shown though they stand: their removal is under way. */
  readonly hidden: (room: RoomId) => ReadonlySet<string> | undefined
  readonly pages: PageCache
  /** Seconds for which shared caches may keep pages of public rooms; 0: they ask each time. */
  readonly sharedSeconds: number
}

/** One page as it was asked for. */
interface Asked {
  readonly room: Room
  readonly place: Place
  readonly view: View
  readonly limit: number
  readonly hidden: ReadonlySet<string> | undefined
}

type Request = FastifyRequest<{ Querystring: ItemsQuery }>

export function pageRoute(app: FastifyInstance, parts: PageParts): void {
  const { inRoom, recent, hidden } = parts
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
      const { limit = LIMITS.defaultPageItems } = request.query
      const place = placeOf(request.query)
      askEachTime(request, reply)
      try {
        return await freshPage(parts, { room, place, view, limit, hidden: hidden(room.id) }, request, reply)
      } catch (error) {
        // Older pages are not known, and what staff see of held and removed items is not whole.
        if (Object.keys(place.at).length > 0 || view === 'staff') throw error
        const known = await recentOr(error, room, recent)
        reply.header('cache-control', 'no-store')
        const page = recentPage(known, limit)
        // An empty page with more behind it would end the scroll of whoever reads.
        if (page.items.length === 0 && page.older !== null) throw error
        return page
      }
    }),
  )
}

/** A look at where the room is comes first, so that neither a tag nor a kept page stands for what was taken down. */
async function freshPage(parts: PageParts, asked: Asked, request: Request, reply: FastifyReply) {
  const { log, sharedSeconds } = parts
  const { room, place, view, hidden } = asked
  const now = await log.counts(room.id)
  if (place.epoch !== undefined && place.epoch !== now.head.epoch) throw new Problem('bad-cursor')
  reply.header('vary', 'Authorization, Accept-Encoding')
  const share = (state: PageState) => {
    const isShared = view === 'reader' && !hidden && request.headers.authorization === undefined
    const { altered = 0 } = request.query
    if (isShared && sharedSeconds > 0) shareFor(sharedSeconds, reply, { room, state, now, altered })
  }
  const standing = standingTag(request.headers['if-none-match'] ?? '', now, view, hidden)
  if (standing) {
    share(standing.state)
    return reply.code(304).header('etag', standing.tag).send()
  }
  const { state, encoding, bytes } = await encodedPage(parts, asked, now, request)
  share(state)
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  reply.header('etag', entityTag(state, view, hidden)).type('application/json; charset=utf-8')
  return reply.send(bytes)
}

async function encodedPage({ log, pages }: PageParts, asked: Asked, now: RoomCounts, request: Request) {
  const wanted = negotiate(request.headers['accept-encoding'] ?? '', ['br', 'gzip', 'identity']) ?? 'identity'
  const { room, place, view, limit, hidden } = asked
  const read = async (): Promise<KeptPage> => {
    const { page, head } = await readPage(log, room, place, view, limit, hidden)
    const settled = view === 'reader' && page.newer !== null
    return { state: { head, settled }, bytes: new PageBytes(JSON.stringify(page)) }
  }
  if (view === 'staff' || hidden) {
    const page = await read()
    return { state: page.state, ...(await page.bytes.as(wanted)) }
  }
  const { before, after, around } = request.query
  const key = `${room.id} ${before ?? ''} ${after ?? ''} ${around ?? ''} ${limit}`
  const page = await pages.get(key, now, read)
  return { state: page.state, ...(await pages.encoded(key, page, wanted)) }
}
