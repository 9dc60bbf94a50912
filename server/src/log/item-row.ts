import type { Author, Body } from '@halley/shared'
import type { ItemRecord } from './item-record.ts'

/** An item as `item_records` and `append_changes` give it; times as Postgres writes them, in UTC. */
export interface ItemRow {
  readonly id: string
  readonly seq: number | null
  readonly item_rev: number
  readonly kind: string
  readonly state: ItemRecord['state']
  readonly author: Author
  readonly poster: string | null
  /** Null where a removed item's text was erased for good. */
  readonly body: Body | null
  readonly text: string | null
  readonly highlight: boolean
  readonly posted_at: string
  readonly edited_at: string | null
  readonly pinned_at: string | null
  readonly removed_at: string | null
}

export function toRecord(row: ItemRow): ItemRecord {
  return {
    id: row.id,
    seq: row.seq,
    rev: row.item_rev,
    kind: row.kind,
    author: row.author,
    poster: row.poster,
    body: row.body ?? [],
    text: row.text ?? '',
    state: row.state,
    highlight: row.highlight,
    postedAt: toTime(row.posted_at),
    editedAt: row.edited_at && toTime(row.edited_at),
    pinnedAt: row.pinned_at && toTime(row.pinned_at),
    removedAt: row.removed_at && toTime(row.removed_at),
  }
}

/** Postgres writes times its own way; they travel as RFC 3339. */
export const toTime = (time: string): string => new Date(time).toISOString()
