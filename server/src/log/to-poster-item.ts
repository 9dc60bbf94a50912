import type { Item } from '@halley/shared'
import type { ItemRecord } from './item-record.ts'
import { toItem } from './to-item.ts'

/** An item as whoever posted it sees it: as readers do, but also while it waits, and its tombstone always. */
export function toPosterItem(record: ItemRecord): Item {
  const item = toItem(record, record.state === 'held' ? 'staff' : 'reader')
  return item ?? { id: record.id, seq: record.seq, rev: record.rev, removed: true }
}
