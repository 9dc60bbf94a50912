import { formatPosition, type RoomSummary } from '@halley/shared'
import { abilities } from '../auth/abilities.ts'
import type { Caller } from '../auth/caller.ts'
import type { LogReader } from '../log/log.ts'
import type { Room } from '../rooms/room.ts'
import { type RecentChanges, recentOr } from './recent.ts'
import { standingItems } from './recent-page.ts'

/**
 * What a reader is told of a room before its items: where it is, how much it holds, what they may do there. While the
 * log is away, as much of it as the room's newest changes say.
 */
export async function summarise(
  log: LogReader,
  room: Room,
  caller: Caller,
  recent: RecentChanges,
): Promise<RoomSummary> {
  const { head, items, facts, stale } = await log.counts(room.id).then(
    (counts) => ({ ...counts, stale: undefined }),
    (error: unknown) => recentCounts(error, room, recent),
  )
  // What is known of the room may be older than the position, and nobody who reads on from there is told what it lacks.
  // But the rights were judged by what is known.
  const now = facts.visibility === room.visibility ? { ...room, ...facts } : room
  return {
    room: room.address,
    title: now.title,
    state: now.state,
    visibility: now.visibility,
    posting: now.posting,
    position: formatPosition(head.epoch, head.rev),
    items,
    editWindow: room.settings.editWindow,
    textLimit: room.settings.textLimit,
    may: [...abilities(caller, now)],
    ...(stale && { stale }),
  }
}

async function recentCounts(error: unknown, room: Room, recent: RecentChanges) {
  const known = await recentOr(error, room, recent)
  return {
    head: { epoch: known.epoch, rev: known.to },
    items: standingItems(known).length,
    facts: room,
    stale: true as const,
  }
}
