import { abilities, isStaff } from '../auth/abilities.ts'
import type { Caller } from '../auth/caller.ts'
import { accepted } from '../log/accepted.ts'
import type { EditRequest, ItemRequest } from '../log/change-request.ts'
import type { ItemRecord } from '../log/item-record.ts'
import type { LogReader, LogWriter } from '../log/log.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../rooms/room.ts'

type Change = EditRequest | ItemRequest

/** Throws where this item is not the caller's to change, or is no longer. */
function checkOwn(room: Room, caller: Caller, change: Change, record: ItemRecord, now: number): void {
  const own = caller.kind !== 'anonymous' && record.poster === caller.poster
  if (!own) throw new Problem(record.seq === null || record.state === 'held' ? 'item-unknown' : 'forbidden')
  if (isStaff(caller)) return
  if (now - Date.parse(record.postedAt) > room.settings.editWindow * 1000)
    throw new Problem('edit-window-over')
  if (change.type === 'edit' && room.settings.holdPosts && record.state === 'live') {
    throw new Problem('forbidden', 'What a moderator has released stays as it was')
  }
}

/**
 * Changes an item: anybody's for moderators, their own for others while the room lets them. Throws `Problem`.
 * `now` is in milliseconds since 1970.
 */
export async function changeItem(
  log: LogReader & LogWriter,
  room: Room,
  caller: Caller,
  change: Change,
  now: number = Date.now(),
) {
  if (caller.kind === 'anonymous') throw new Problem('sign-in-required')
  if (!abilities(caller, room).has('moderate')) {
    const record = await log.item(room.id, change.id)
    if (!record) throw new Problem('item-unknown')
    checkOwn(room, caller, change, record, now)
    return accepted(await log.publish(room, asJudged(change, record), caller.poster))
  }
  return accepted(await log.publish(room, change, caller.poster))
}

/** What waits may be edited only while it waits: released in this moment, it would say what no moderator has read. */
function asJudged(change: Change, record: ItemRecord): Change {
  const bound = change.type === 'edit' && record.state === 'held' && change.ifRev === undefined
  return bound ? { ...change, ifRev: record.rev } : change
}
