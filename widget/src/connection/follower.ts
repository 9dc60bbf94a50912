import type { Change, ErrorCode, Position, RoomSummary, View } from '@halley/shared'

export type LineStatus =
  | { readonly state: 'connecting' | 'live' }
  | { readonly state: 'reconnecting'; readonly offline: boolean }
  | { readonly state: 'failed'; readonly code: ErrorCode }

/** Who follows a room: a feed, or a count. Says what it knows and how it reads; is told the rest. */
export interface Follower {
  readonly room: string
  readonly view: View
  /** As after `Authorization: `. */
  readonly token: string | undefined
  /** Everything up to here is known; undefined while its page is on the way. */
  position: Position | undefined
  hear(news: News): void
}

export type News =
  /** What this follower was not told before, oldest first, and where it leads; `position` is set already. */
  | { readonly type: 'changes'; readonly changes: readonly Change[] }
  | { readonly type: 'joined'; readonly may: RoomSummary['may'] }
  /** Forget the room and read it anew. */
  | { readonly type: 'reset' }
  /** The token has ended: call `joinAgain` with another one, or none. */
  | { readonly type: 'expired' }
  | { readonly type: 'status'; readonly status: LineStatus }
