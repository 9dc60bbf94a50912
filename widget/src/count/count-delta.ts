import type { Change } from '@halley/shared'

/** By how much a change alters the number of a room's public items. What was never public has no place in it. */
export function countDelta({ type, item }: Change): -1 | 0 | 1 {
  if (!item || item.seq === null) return 0
  switch (type) {
    case 'posted':
    case 'restored':
    case 'released':
      return 1
    case 'removed':
    case 'held':
      return -1
    default:
      return 0
  }
}
