import type { Author, Body, Posting, RoomState } from '@halley/shared'

/** A new item. `hash` is of the post as it was sent, so that a retry can be told from another post with its id. */
export interface PostRequest {
  readonly type: 'post'
  readonly id: string
  readonly kind: string
  readonly author: Author
  readonly body: Body
  readonly text: string
  readonly hash: string
  readonly highlight?: boolean
  /** Staff see it; it becomes public, and takes its place in the room, when it is released. */
  readonly held?: boolean
  /** True for staff and keys: they may post into a closed room. */
  readonly evenIfClosed?: boolean
  /** When it was said, where that was elsewhere and earlier (RFC 3339). Its place in the room is the next all the same. */
  readonly postedAt?: string
  /** When the request for it came, on the process's clock. */
  readonly arrivedAt?: number
}

export interface EditRequest {
  readonly type: 'edit'
  readonly id: string
  readonly body: Body
  readonly text: string
  /** Refused as `changed` unless the item is at this rev. */
  readonly ifRev?: number
}

export interface ItemRequest {
  readonly type: 'remove' | 'restore' | 'hold' | 'release' | 'pin' | 'unpin' | 'highlight' | 'unhighlight'
  readonly id: string
  readonly ifRev?: number
  readonly reason?: string
}

export interface RoomRequest {
  readonly type: 'room'
  readonly title?: string
  readonly state?: RoomState
  readonly posting?: Posting
}

export type ChangeRequest = PostRequest | EditRequest | ItemRequest | RoomRequest
