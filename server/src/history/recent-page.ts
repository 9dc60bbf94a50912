import {
  type Change,
  formatPosition,
  type Item,
  type ItemsPage,
  isRemoved,
  LIMITS,
  type LiveItem,
} from '@halley/shared'
import type { RoomNews } from '../bus/bus.ts'
import { formatCursor } from './cursor.ts'

/**
 * The newest page as readers see it, from a room's newest changes alone. What was posted since they begin is among
 * them, so the page has no hole; pins that are older are not known, nor how much is older.
 */
export function recentPage(recent: RoomNews, limit: number = LIMITS.defaultPageItems): ItemsPage {
  const { epoch, after, to } = recent
  const items = standingItems(recent)
  const all = items.filter(({ seq }) => (seq ?? 0) > after).sort((a, b) => (b.seq ?? 0) - (a.seq ?? 0))
  const page = all.slice(0, limit)
  const end = all.length > limit ? (page.at(-1)?.seq ?? null) : after > 0 ? after + 1 : null
  return {
    items: page,
    position: formatPosition(epoch, to),
    older: end === null ? null : formatCursor(epoch, end),
    newer: null,
    altered: alteredBy(recent),
    pinned: items.filter(({ pinned }) => pinned),
    stale: true,
  }
}

/** What was read of one room's news; many ask for the same. */
const standing = new WeakMap<RoomNews, readonly LiveItem[]>()
const altered = new WeakMap<RoomNews, number>()

/** Public items that stand, of those that are known. */
export function standingItems(recent: RoomNews): readonly LiveItem[] {
  const known = standing.get(recent) ?? readStanding(recent)
  standing.set(recent, known)
  return known
}

function readStanding({ changes }: RoomNews): LiveItem[] {
  const told = changes.flatMap(({ readers }) => (readers === null ? [] : [JSON.parse(readers) as Change]))
  return told.flatMap(({ item }) => (item && !isRemoved(item as Item) ? [item as LiveItem] : []))
}

/** The last change that was no post; one before all that is known is as good as the last of those. */
function alteredBy(recent: RoomNews): number {
  const known = altered.get(recent) ?? readAltered(recent)
  altered.set(recent, known)
  return known
}

function readAltered({ after, changes }: RoomNews): number {
  const revs = changes.flatMap(({ rev, staff }) =>
    (JSON.parse(staff) as Change).type === 'posted' ? [] : [rev],
  )
  return Math.max(after, ...revs)
}
