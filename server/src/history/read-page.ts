import {
  formatPosition,
  type ItemsPage,
  type ItemsQuery,
  isRemoved,
  type LiveItem,
  type View,
} from '@halley/shared'
import type { ItemRecord } from '../log/item-record.ts'
import type { Head, LogReader, PageRequest } from '../log/log.ts'
import { toItem } from '../log/to-item.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../rooms/room.ts'
import { formatCursor, parseCursor } from './cursor.ts'

/** Where a page lies, and the life of the log in which that place has a meaning. */
export interface Place {
  readonly at: Pick<PageRequest, 'before' | 'after' | 'around'>
  readonly epoch?: string
}

/** Throws `Problem` `bad-cursor`, and `bad-request` where more than one place is named. */
export function placeOf({ before, after, around }: ItemsQuery): Place {
  const given = [before, after, around].filter((value) => value !== undefined)
  if (given.length > 1) throw new Problem('bad-request', 'At most one of before, after and around')
  if (around !== undefined) return { at: { around } }
  const cursor = before ?? after
  if (cursor === undefined) return { at: {} }
  const { epoch, seq } = parseCursor(cursor)
  return { at: before === undefined ? { after: seq } : { before: seq }, epoch }
}

function liveItems(records: readonly ItemRecord[], view: View): LiveItem[] {
  return records
    .map((record) => toItem(record, view))
    .filter((item) => item !== undefined && !isRemoved(item)) as LiveItem[]
}

/**
 * One page of a room's items. Throws `Problem` `bad-cursor` also for a cursor of another life of the log: places of
 * that life mean nothing in this one, so the reader begins again with the newest page. Readers get nothing of `hidden`.
 */
export async function readPage(
  log: LogReader,
  room: Room,
  { at, epoch }: Place,
  view: View,
  limit: number,
  hidden?: ReadonlySet<string>,
): Promise<{ readonly page: ItemsPage; readonly head: Head }> {
  const read = await log.page(room.id, { view, limit, ...at })
  if (read === 'item-unknown') throw new Problem('item-unknown')
  const { head } = read
  if (epoch !== undefined && epoch !== head.epoch) throw new Problem('bad-cursor')
  // Beside a place that is in no room, too, what is handed out is taken back.
  const within = (seq: number) => Math.min(Math.max(seq, 0), Number.MAX_SAFE_INTEGER)
  const cursor = (seq: number | null) => (seq === null ? null : formatCursor(head.epoch, within(seq)))
  const shown = (records: readonly ItemRecord[]) =>
    liveItems(hidden && view === 'reader' ? records.filter(({ id }) => !hidden.has(id)) : records, view)
  const newest = Object.keys(at).length === 0
  const page = {
    items: shown(read.items),
    position: formatPosition(head.epoch, head.rev),
    older: cursor(read.older),
    newer: cursor(read.newer),
    altered: read.altered,
    ...(newest && { pinned: shown(read.pinned) }),
  }
  return { page, head }
}
