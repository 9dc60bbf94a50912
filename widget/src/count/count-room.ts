import type { Early, Mounted } from '../early.ts'
import { connectionTo } from '../feed/connections.ts'
import { RoomCount } from './room-count.ts'

const counts = new Map<string, RoomCount>()

/**
 * `<halley-count room="site/room">`: the number of a room's items as plain text, so that it looks like the words
 * around it. What stands in the element stays until the number is known.
 */
function countRoom(element: HTMLElement, room: string, early: Early): Mounted {
  const key = `${early.base} ${room}`
  const count = counts.get(key) ?? new RoomCount(connectionTo(early.base, early.socket), room)
  counts.set(key, count)
  return { resume: () => count.show(element), pause: () => count.hide(element) }
}

/** What stands in a page instead of a feed: a count, or a feed that shows nothing. */
export async function aside(element: HTMLElement, room: string, early: Early): Promise<Mounted> {
  if (element.localName === 'halley-count') return countRoom(element, room, early)
  return (await import('../watch/watch.ts')).darken(room, early)
}
