import type { Ability, Change, ErrorCode, Position, View } from '@halley/shared'

export type LineStatus =
  | { readonly state: 'connecting' | 'live' }
  | { readonly state: 'reconnecting'; readonly offline: boolean }
  | { readonly state: 'failed'; readonly code: ErrorCode }

/** Who follows a room: a feed, or a count. */
export interface Follower {
  /**
   * Changes that this follower was not told before, oldest first, and where they lead; none where something
   * happened that this view may not see.
   */
  changed(changes: readonly Change[], position: Position): void
  joined(may: readonly Ability[]): void
  /** Forget the room, read it anew, and call `from` with its position. */
  reset(): void
  status(status: LineStatus): void
  /** The token that the room was joined with has ended: `identify` with another one, or none. */
  expired(): void
}

export interface Following {
  /** Everything up to here is known; undefined: whatever comes from now on. */
  from(position: string | undefined): void
  /** Who reads, as after `Authorization: `, and with which eyes. */
  identify(token: string | undefined, view: View): void
  stop(): void
}
