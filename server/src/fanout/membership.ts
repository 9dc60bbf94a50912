import type { Ability, Position, View } from '@halley/shared'
import type { Room } from '../rooms/room.ts'
import type { Reader } from './reader.ts'

export interface JoinRequest {
  readonly room: Room
  /** Undefined: from the head on. */
  readonly since: Position | undefined
  readonly view: View
  readonly may: readonly Ability[]
  /** It is asked to confirm what it shows. */
  readonly ack?: boolean
}

/** A reader in a room. */
export interface Membership {
  /** Nothing is sent from the moment this returns. */
  leave(): void
  /** False where readers were sent something after this position some seconds ago; absent where it is not known. */
  isCurrent?(position: Position): boolean
}

/**
 * Registers and buffers, reads up to a bound, sends `joined` (or `reset`), flushes what is newer, and is live: the
 * one way in, whatever the transport. Rejects with `Problem` `unavailable` where neither the window nor the log can
 * tell what happened since.
 */
export type Join = (request: JoinRequest, reader: Reader) => Promise<Membership>
