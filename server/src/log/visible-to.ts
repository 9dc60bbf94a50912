import type { View } from '@halley/shared'
import type { Database } from '../db/database.ts'

/** The condition on items that have a place in the room and show there; spelt as the partial indexes spell it. */
export function visibleTo(sql: Database['sql'], view: View) {
  return view === 'reader' ? sql`state = 'live'` : sql`seq IS NOT NULL`
}

/**
 * Items to read from, as `item_records` has them. Of those that readers see none has what it was before its removal, so
 * that nobody needs to look for it.
 */
export function itemsFor(sql: Database['sql'], view: View) {
  return view === 'staff'
    ? sql`item_records`
    : sql`(SELECT room_id, id, seq, rev AS item_rev, kind, state, author, poster, body, "text", highlight,
        posted_at, edited_at, pinned_at, removed_at FROM items)`
}
