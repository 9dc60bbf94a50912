import type { Change } from '@halley/shared'

/**
 * Whether a change alone tells that a room has one public item more. No other one does by how much the number has
 * altered: of an item of which several were missed only the last is told.
 */
export function isNewItem({ type, item, rev }: Change): boolean {
  return type === 'posted' && item?.seq === rev
}
