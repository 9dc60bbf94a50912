import { formatPosition, type RoomSummary } from '@halley/shared'
import { abilities } from '../auth/abilities.ts'
import type { Caller } from '../auth/caller.ts'
import type { LogReader } from '../log/log.ts'
import type { Room } from '../rooms/room.ts'

/** What a reader is told of a room before its items: where it is, how much it holds, what they may do there. */
export async function summarise(log: LogReader, room: Room, caller: Caller): Promise<RoomSummary> {
  const { head, items } = await log.counts(room.id)
  return {
    room: room.address,
    title: room.title,
    state: room.state,
    visibility: room.visibility,
    posting: room.posting,
    position: formatPosition(head.epoch, head.rev),
    items,
    editWindow: room.settings.editWindow,
    textLimit: room.settings.textLimit,
    may: [...abilities(caller, room)],
  }
}
