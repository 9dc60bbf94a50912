import { Problem } from '../problem.ts'
import type { Room, RoomId } from '../rooms/room.ts'

/** Milliseconds after which a removal that is not answered hides its item already. */
const PATIENCE_MS = 500

/** Where items are hidden from readers whose removal cannot be stored yet. */
export interface Hiding {
  hide(room: RoomId, item: string): void
  decided(room: RoomId, item: string): void
}

/** What `removing` says. While that is long in coming, or not known, readers are shown the item no longer. */
export async function hideUntilDecided<T>(
  hiding: Hiding,
  room: Room,
  item: string,
  removing: Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => hiding.hide(room.id, item), PATIENCE_MS)
  try {
    const answer = await removing
    hiding.decided(room.id, item)
    return answer
  } catch (error) {
    const isUndecided = error instanceof Problem && /^(unavailable|outcome-unknown)$/.test(error.code)
    if (isUndecided) hiding.hide(room.id, item)
    else hiding.decided(room.id, item)
    throw error
  } finally {
    clearTimeout(timer)
  }
}
