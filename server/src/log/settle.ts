import type { ChangeType } from '@halley/shared'
import type { EncodedChange, RoomNews } from '../bus/bus.ts'
import { Problem } from '../problem.ts'
import type { RoomId } from '../rooms/room.ts'
import type { ChangeRequest } from './change-request.ts'
import { encodeChange } from './encode-change.ts'
import type { ItemRecord } from './item-record.ts'
import { toTime } from './item-row.ts'
import type { Outcome } from './outcome.ts'
import type { Pending } from './pending.ts'
import { type ItemKey, keyText } from './read-items.ts'
import type { RequestResult } from './request-result.ts'

const CHANGE_TYPE = {
  post: 'posted',
  edit: 'edited',
  remove: 'removed',
  restore: 'restored',
  hold: 'held',
  release: 'released',
  pin: 'pinned',
  unpin: 'unpinned',
  highlight: 'highlighted',
  unhighlight: 'unhighlighted',
  room: 'room',
} as const satisfies Record<ChangeRequest['type'], ChangeType>

/** A request, what it comes to, and what is told of it where it changed something. */
export interface Settled {
  readonly pending: Pending
  /** A problem where it was stored, but what became of its item could not be read. */
  readonly outcome: Outcome | Problem
  readonly epoch: string
  readonly rev: number
  readonly change: EncodedChange | undefined
}

/** The item that has to be read for an answer; undefined where it holds none, or the request itself says all of it. */
export function itemToRead({ room, request }: Pending, { status }: RequestResult): ItemKey | undefined {
  if (request.type === 'room' || (request.type === 'post' && status === 'done')) return undefined
  const told = status === 'done' || status === 'unchanged' || status === 'changed'
  return told ? { room: room.id, id: request.id } : undefined
}

/** Makes the answer; `read` has the items of `itemToRead`. */
export function settle(
  pending: Pending,
  result: RequestResult,
  read: ReadonlyMap<string, ItemRecord>,
): Settled {
  const { status, epoch, rev, facts } = result
  const key = itemToRead(pending, result)
  const item = key ? read.get(keyText(key)) : postedItem(pending, result)
  const settled = { pending, epoch, rev, change: undefined }
  if (key && !item) return { ...settled, outcome: new Problem('outcome-unknown', undefined, 1) }
  if (status === 'done') {
    const change = encodeChange({ rev, type: changeType(pending.request), item: item ?? null, room: facts })
    return { ...settled, outcome: { status, epoch, rev, item: item ?? null }, change }
  }
  if (status === 'unchanged') return { ...settled, outcome: { status, epoch, rev, item: item ?? null } }
  if (status === 'changed') return { ...settled, outcome: { status, item: item as ItemRecord } }
  return { ...settled, outcome: { status } }
}

function changeType(request: ChangeRequest): ChangeType {
  return request.type === 'post' && request.held ? 'held' : CHANGE_TYPE[request.type]
}

/** What was stored of a post is what was sent. */
function postedItem(
  { request, by }: Pending,
  { rev, status, posted_at }: RequestResult,
): ItemRecord | undefined {
  if (request.type !== 'post' || status !== 'done') return undefined
  const { id, kind, author, body, text, held = false, highlight = false } = request
  return {
    id,
    seq: held ? null : rev,
    rev,
    kind,
    author,
    poster: by,
    body,
    text,
    state: held ? 'held' : 'live',
    highlight,
    postedAt: toTime(posted_at as string),
    editedAt: null,
    pinnedAt: null,
    removedAt: null,
  }
}

/**
 * What one append did, for each room that it changed. Nothing for rooms of which a part could not be read: news with a
 * hole would be worse than none, which every node notices.
 */
export function newsOf(settled: readonly Settled[]): Map<RoomId, RoomNews> {
  const told = settled.filter(({ change }) => change !== undefined)
  const holes = new Set(
    settled.filter(({ outcome }) => outcome instanceof Problem).map(({ pending }) => pending.room.id),
  )
  const news = new Map<RoomId, RoomNews>()
  for (const [room, list] of Map.groupBy(told, ({ pending }) => pending.room.id)) {
    if (holes.has(room)) continue
    const changes = list.map(({ change }) => change as EncodedChange).sort((a, b) => a.rev - b.rev)
    const [first, last] = [changes[0] as EncodedChange, changes.at(-1) as EncodedChange]
    const { epoch } = list[0] as Settled
    news.set(room, { epoch, after: first.rev - 1, to: last.rev, changes, ...sinceOf(list) })
  }
  return news
}

function sinceOf(list: readonly Settled[]): { since?: number } {
  const posts = list.flatMap(({ pending: { request, since } }) =>
    request.type === 'post' ? [request.arrivedAt ?? since] : [],
  )
  return posts.length > 0 ? { since: Math.min(...posts) } : {}
}

/** How many changes of each type there are. */
export function countTypes(settled: readonly Settled[]): Map<ChangeType, number> {
  const counts = new Map<ChangeType, number>()
  for (const { change, pending } of settled) {
    const type = changeType(pending.request)
    if (change) counts.set(type, (counts.get(type) ?? 0) + 1)
  }
  return counts
}
