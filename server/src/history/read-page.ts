import {
  formatPosition,
  type ItemsPage,
  type ItemsQuery,
  isRemoved,
  LIMITS,
  type LiveItem,
  type View,
} from '@halley/shared'
import type { ItemRecord } from '../log/item-record.ts'
import type { LogReader, PageRequest } from '../log/log.ts'
import { toItem } from '../log/to-item.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../rooms/room.ts'
import { formatCursor, parseCursor } from './cursor.ts'

type Place = Pick<PageRequest, 'before' | 'after' | 'around'>

/** Where the page lies, and the life of the log in which that place has a meaning. */
function placeOf(query: ItemsQuery): { readonly place: Place; readonly epoch?: string } {
  const { before, after, around } = query
  const given = [before, after, around].filter((value) => value !== undefined)
  if (given.length > 1) throw new Problem('bad-request', 'At most one of before, after and around')
  if (before !== undefined) {
    const { epoch, seq } = parseCursor(before)
    return { place: { before: seq }, epoch }
  }
  if (after !== undefined) {
    const { epoch, seq } = parseCursor(after)
    return { place: { after: seq }, epoch }
  }
  return { place: around === undefined ? {} : { around } }
}

function liveItems(records: readonly ItemRecord[], view: View): LiveItem[] {
  return records
    .map((record) => toItem(record, view))
    .filter((item) => item !== undefined && !isRemoved(item)) as LiveItem[]
}

/**
 * One page of a room's items. Throws `Problem` `bad-cursor` also for a cursor of another life of the log: places of
 * that life mean nothing in this one, so the reader begins again with the newest page.
 */
export async function readPage(log: LogReader, room: Room, query: ItemsQuery): Promise<ItemsPage> {
  const view = query.view ?? 'reader'
  const { place, epoch } = placeOf(query)
  const page = await log.page(room.id, { view, limit: query.limit ?? LIMITS.defaultPageItems, ...place })
  if (page === 'item-unknown') throw new Problem('item-unknown')
  const { head } = page
  if (epoch !== undefined && epoch !== head.epoch) throw new Problem('bad-cursor')
  const cursor = (seq: number | null) => (seq === null ? null : formatCursor(head.epoch, seq))
  const newest = Object.keys(place).length === 0
  return {
    items: liveItems(page.items, view),
    position: formatPosition(head.epoch, head.rev),
    older: cursor(page.older),
    newer: cursor(page.newer),
    altered: page.altered,
    ...(newest && { pinned: liveItems(page.pinned, view) }),
  }
}
