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

/** In UTC, with the years that we see, and up to three places below the second, which is what columns have. */
const USUAL = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,3})?\+00$/

/** Postgres writes times its own way; they travel as RFC 3339. (A `Date` for each took a twentieth of a page.) */
export function toTime(time: string): string {
  if (!USUAL.test(time)) return new Date(time).toISOString()
  const below = time.slice(20, -3).padEnd(3, '0')
  return `${time.slice(0, 10)}T${time.slice(11, 19)}.${below}Z`
}
