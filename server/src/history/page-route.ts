import negotiate from '@fastify/accept-negotiator'
import { ItemsPage, ItemsQuery, LIMITS, RoomParams, type View } from '@halley/shared'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { InRoom } from '../auth/in-room.ts'
import type { LogReader, RoomCounts } from '../log/log.ts'
import { Problem } from '../problem.ts'
import type { Room, RoomId } from '../rooms/room.ts'
import { askEachTime, shareFor } from './cache-rules.ts'
import { PageBytes } from './page-bytes.ts'
import type { EncodedPage, PageCache, ReadPage } from './page-cache.ts'
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

/**
 * Neither a tag nor a kept page stands for what was taken down, so where there is one a look at where the room is comes
 * first. A page that is read anyhow says itself where the room was.
 */
async function freshPage(parts: PageParts, asked: Asked, request: Request, reply: FastifyReply) {
  const { log, pages, sharedSeconds } = parts
  const { room, place, view, hidden } = asked
  const key = view === 'staff' || hidden ? undefined : keyOf(asked, request)
  const tags = request.headers['if-none-match'] ?? ''
  const isLook = tags !== '' || (key !== undefined && pages.has(key))
  const now = isLook ? await log.counts(room.id) : undefined
  if (now && place.epoch !== undefined && place.epoch !== now.head.epoch) throw new Problem('bad-cursor')
  reply.header('vary', 'Authorization, Accept-Encoding')
  const share = (state: PageState, altered: number) => {
    const isShared = view === 'reader' && !hidden && request.headers.authorization === undefined
    const page = { room, state, altered, asked: request.query.altered ?? 0 }
    if (isShared && sharedSeconds > 0) shareFor(sharedSeconds, reply, page)
  }
  const standing = now && standingTag(tags, now, view, hidden)
  if (standing) {
    share(standing.state, now.altered)
    return reply.code(304).header('etag', standing.tag).send()
  }
  const { state, altered, encoding, bytes } = await encodedPage(parts, asked, { key, now }, request)
  share(state, altered)
  if (encoding !== 'identity') reply.header('content-encoding', encoding)
  reply.header('etag', entityTag(state, view, hidden)).type('application/json; charset=utf-8')
  return reply.send(bytes)
}

/** Under which a page as readers see it is kept. */
function keyOf({ room, limit }: Asked, { query: { before, after, around } }: Request): string {
  return `${room.id} ${before ?? ''} ${after ?? ''} ${around ?? ''} ${limit}`
}

/** Nothing of what is kept is given to whoever has not looked (`now`); with no `key` nothing is kept either. */
async function encodedPage(
  { log, pages }: PageParts,
  { room, place, view, limit, hidden }: Asked,
  { key, now }: { readonly key: string | undefined; readonly now: RoomCounts | undefined },
  request: Request,
): Promise<EncodedPage> {
  const wanted = negotiate(request.headers['accept-encoding'] ?? '', ['br', 'gzip', 'identity']) ?? 'identity'
  const read = async (): Promise<ReadPage> => {
    const { page, head } = await readPage(log, room, place, view, limit, hidden)
    const settled = view === 'reader' && page.newer !== null
    return { state: { head, settled }, altered: page.altered, text: JSON.stringify(page) }
  }
  if (key !== undefined) return pages.get(key, now, wanted, read)
  const { text, ...shown } = await read()
  return { ...shown, ...(await new PageBytes(text).as(wanted)) }
}
