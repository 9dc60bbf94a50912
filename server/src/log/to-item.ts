import type { Item, LiveItem, View } from '@halley/shared'
import type { ItemRecord } from './item-record.ts'

/**
 * The item as it travels. Readers get what is left of it where it is held or removed, and nothing (undefined) where
 * it never was public; staff get all of it.
 */
export function toItem(record: ItemRecord, view: View): Item | undefined {
  const { id, seq, rev } = record
  if (view === 'staff') return toLiveItem(record)
  if (seq === null) return undefined
  return record.state === 'live' ? toLiveItem(record) : { id, seq, rev, removed: true }
}

function toLiveItem(record: ItemRecord): LiveItem {
  const { id, seq, rev, kind, author, body, text, postedAt } = record
  return {
    id,
    seq,
    rev,
    kind,
    author,
    body: body as LiveItem['body'],
    text,
    postedAt,
    ...(record.editedAt !== null && { editedAt: record.editedAt }),
    ...(record.pinnedAt !== null && { pinned: true as const }),
    ...(record.highlight && { highlight: true as const }),
    ...(record.state === 'held' && { held: true as const }),
    ...(record.removedAt !== null && { removedAt: record.removedAt }),
  }
}
