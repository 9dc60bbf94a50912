import type { Ability, ErrorCode } from '@halley/shared'
import type { Room } from '../rooms/room.ts'
import type { Caller } from './caller.ts'

const STAFF_LEVEL = { author: 1, moderator: 2, admin: 3, owner: 3 } as const
const KEY_LEVEL = { write: 1, moderate: 2, admin: 3 } as const

/** 0: a reader; 1: posts as staff; 2: moderates; 3: administers. */
function staffLevel(caller: Caller): 0 | 1 | 2 | 3 {
  if (caller.kind === 'key') return KEY_LEVEL[caller.scope]
  return caller.kind === 'user' && caller.role ? STAFF_LEVEL[caller.role] : 0
}

/** Staff and keys: not bound by edit windows, by holding, or by a room's being closed. */
export function isStaff(caller: Caller): boolean {
  return staffLevel(caller) > 0
}

function mayPost(room: Room, caller: Caller): boolean {
  if (isStaff(caller)) return room.state !== 'archived'
  if (room.state !== 'open') return false
  if (caller.kind === 'user') return room.posting !== 'staff'
  return caller.kind === 'guest' && room.posting === 'guests'
}

/** What the caller may do in the room. Without `read` it must look to them as if there were no such room. */
export function abilities(caller: Caller, room: Room): ReadonlySet<Ability> {
  const may = new Set<Ability>()
  const vouchedFor = caller.kind === 'user' || caller.kind === 'key'
  if (room.visibility === 'private' && !vouchedFor) return may
  may.add('read')
  if (mayPost(room, caller)) may.add('post')
  const level = staffLevel(caller)
  // What has to go must go, in an archive too: moderators keep their hand in it.
  if (level >= 2 || (caller.kind !== 'anonymous' && room.state !== 'archived')) may.add('edit-own')
  if (level >= 2) may.add('moderate')
  if (level >= 3) may.add('administer')
  return may
}

/** Why the caller may not, or undefined where they may. */
export function refusal(caller: Caller, room: Room, needs: Ability): ErrorCode | undefined {
  const may = abilities(caller, room)
  if (!may.has('read')) return 'room-unknown'
  if (may.has(needs)) return undefined
  if (room.state !== 'open' && abilities(caller, { ...room, state: 'open' }).has(needs)) return 'room-closed'
  return caller.kind === 'anonymous' || caller.kind === 'guest' ? 'sign-in-required' : 'forbidden'
}
