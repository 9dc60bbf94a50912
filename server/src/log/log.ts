import type { RoomFacts, View, Visibility } from '@halley/shared'
import type { EncodedChange } from '../bus/bus.ts'
import type { Room, RoomId } from '../rooms/room.ts'
import type { ChangeRequest } from './change-request.ts'
import type { ItemRecord } from './item-record.ts'
import type { Outcome } from './outcome.ts'

export interface Head {
  readonly epoch: string
  readonly rev: number
}

/** The changes in (`after`, `to`], each item once and as it is now; `head` is where the room was when read. */
export interface ChangesRead {
  readonly epoch: string
  readonly after: number
  readonly to: number
  readonly head: number
  readonly changes: readonly EncodedChange[]
}

export interface PageRequest {
  readonly view: View
  readonly limit: number
  /** Items with a lower / higher seq, or those around one item; none of them: the newest. */
  readonly before?: number
  readonly after?: number
  readonly around?: string
}

/** Newest first; `older` and `newer` are the seqs to go on from, null where nothing more is. */
export interface PageRead {
  readonly head: Head
  readonly altered: number
  readonly items: readonly ItemRecord[]
  readonly older: number | null
  readonly newer: number | null
  /** Filled for the newest page only. */
  readonly pinned: readonly ItemRecord[]
}

export interface RoomCounts {
  readonly head: Head
  readonly altered: number
  readonly items: number
}

export interface RoomLook extends RoomCounts {
  /** What the room is at that head. */
  readonly facts: RoomFacts & { readonly visibility: Visibility }
}

/** Reads of the truth; every one is of what is committed when it begins. */
export interface LogReader {
  /** Rooms that are gone are absent. Made for thousands of ids at once. */
  heads(rooms: readonly RoomId[]): Promise<Map<RoomId, Head>>
  /** At most `limit` changes after `since`; `to` says how far it got. `after` is above `since` where some were deleted. */
  changesSince(room: RoomId, since: number, limit: number): Promise<ChangesRead>
  page(room: RoomId, request: PageRequest): Promise<PageRead | 'item-unknown'>
  item(room: RoomId, id: string): Promise<ItemRecord | undefined>
  counts(room: RoomId): Promise<RoomLook>
}

/** Requests of one room that are to be stored in this order or not at all: what comes after a failure fails, too. */
export interface Chain {
  broken: boolean
}

/** The one door for writing: appends durably, then announces. */
export interface LogWriter {
  /**
   * Throws `Problem` `outcome-unknown`, `unavailable` or `bad-text`. `by` is who did it, for the audit trail. Of a
   * `chain` that is broken nothing more is stored (`unavailable`).
   */
  publish(room: Room, request: ChangeRequest, by: string, chain?: Chain): Promise<Outcome>
}
