import type { Change, ChangeType, Item } from '@halley/shared'
import type { EncodedChange } from '../bus/bus.ts'
import type { ChangeRecord, ItemRecord } from './item-record.ts'
import { toItem } from './to-item.ts'

/** Writes a change once for all who will get it: as readers see it, and as staff do. */
export function encodeChange(record: ChangeRecord): EncodedChange {
  const { rev, item, room } = record
  if (!item) {
    const change: Change = { rev, type: record.type, ...(room && { room }) }
    const json = JSON.stringify(change)
    return { rev, item: null, readers: json, staff: json }
  }
  const seen = toItem(item, 'reader')
  return {
    rev,
    item: item.id,
    readers: seen ? encode(rev, typeForReaders(record.type, item), seen) : null,
    staff: encode(rev, record.type, toItem(item, 'staff') as Item),
  }
}

const encode = (rev: number, type: ChangeType, item: Item): string =>
  JSON.stringify({ rev, type, item } satisfies Change)

/** Readers are not told that something was held: it comes, it goes, it comes back. */
function typeForReaders(type: ChangeType, item: ItemRecord): ChangeType {
  if (type === 'held') return 'removed'
  if (type === 'released') return item.seq === item.rev ? 'posted' : 'restored'
  return type
}
