import type { RoomNews } from '../bus/bus.ts'
import { Problem } from '../problem.ts'
import type { Room, RoomId } from '../rooms/room.ts'

/** The newest changes of a room, from memory; undefined where they are not known. */
export type RecentChanges = (room: RoomId) => Promise<RoomNews | undefined>

/** What is known of a room where `error` says that the log is away; anything else is thrown on. */
export async function recentOr(error: unknown, room: Room, recent: RecentChanges): Promise<RoomNews> {
  const known = error instanceof Problem && error.code === 'unavailable' ? await recent(room.id) : undefined
  if (!known) throw error
  return known
}
