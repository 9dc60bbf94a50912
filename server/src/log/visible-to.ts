import type { View } from '@halley/shared'
import type { Database } from '../db/database.ts'

/** The condition on items that have a place in the room and show there; spelt as the partial indexes spell it. */
export function visibleTo(sql: Database['sql'], view: View) {
  return view === 'reader' ? sql`state = 'live'` : sql`seq IS NOT NULL`
}
