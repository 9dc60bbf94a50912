import type { HeldItem, LiveItem } from '@halley/shared'
import type { Caller } from '../auth/caller.ts'
import { Problem } from '../problem.ts'
import type { Room, RoomId } from '../rooms/room.ts'

/** Where posts wait that the log does not have yet. */
export interface Waiting {
  fate(room: RoomId, id: string, poster: string): Promise<'queued' | 'rejected' | undefined>
}

/**
 * The item, or to its poster that it waits to be stored. Throws `Problem` `rejected` where it waited and was refused,
 * else what reading it threw.
 */
export async function orWaiting(
  read: Promise<LiveItem>,
  waiting: Waiting | undefined,
  { room, caller, id }: { readonly room: Room; readonly caller: Caller; readonly id: string },
): Promise<LiveItem | HeldItem> {
  try {
    return await read
  } catch (error) {
    const mayWait = error instanceof Problem && /^(item-unknown|unavailable)$/.test(error.code)
    if (!waiting || !mayWait || caller.kind === 'anonymous') throw error
    const fate = await waiting.fate(room.id, id, caller.poster).catch(() => undefined)
    if (fate === 'rejected') throw new Problem('rejected')
    if (fate !== 'queued') throw error
    return { id, status: 'queued' }
  }
}
