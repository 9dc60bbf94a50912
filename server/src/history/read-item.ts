import { isRemoved, type LiveItem, type View } from '@halley/shared'
import type { Caller } from '../auth/caller.ts'
import { bodySource } from '../filters/body-source.ts'
import type { LogReader } from '../log/log.ts'
import { toItem } from '../log/to-item.ts'
import { toPosterItem } from '../log/to-poster-item.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../rooms/room.ts'

/**
 * One item; whoever posted it sees it while it is held, too. Throws `Problem` `item-unknown`, or `item-removed` for
 * what was taken down (staff see that, in their view).
 */
export async function readItem(
  log: LogReader,
  room: Room,
  caller: Caller,
  id: string,
  view: View,
): Promise<LiveItem> {
  const record = await log.item(room.id, id)
  if (!record) throw new Problem('item-unknown')
  const own = caller.kind !== 'anonymous' && record.poster === caller.poster
  const item = own && view === 'reader' ? toPosterItem(record) : toItem(record, view)
  // What was never public was never there for readers, also after it was taken down.
  if (!item) throw new Problem('item-unknown')
  if (isRemoved(item)) throw new Problem('item-removed')
  // Who may edit it is told what to edit: pages need no code of their own for that.
  return own || view === 'staff' ? { ...item, source: bodySource(item.body) } : item
}
