import type { ItemQuery, View } from '@halley/shared'
import { refusal } from '../auth/abilities.ts'
import type { Caller } from '../auth/caller.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../rooms/room.ts'

/** How the asker wants to see the room. Throws `Problem` where they may not. */
export function viewOf(room: Room, caller: Caller, query: ItemQuery): View {
  const view = query.view ?? 'reader'
  const refused = view === 'staff' && refusal(caller, room, 'moderate')
  if (refused) throw new Problem(refused)
  return view
}
