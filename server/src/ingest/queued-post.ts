import type { PostItem } from '@halley/shared'
import type { Room } from '../rooms/room.ts'
import type { SpooledPost } from '../spool/spooled-post.ts'
import type { NamedPost, Poster } from './to-post-request.ts'

/** All that is needed to judge a post again, later and elsewhere. No token is in it. */
interface QueuedPost {
  readonly v: 1
  /** `site/room` */
  readonly address: string
  readonly caller: Poster
  readonly post: PostItem
  /** When it was taken in, RFC 3339. */
  readonly at: string
}

export function toSpooledPost(room: Room, caller: Poster, post: NamedPost, hash: string): SpooledPost {
  const queued: QueuedPost = { v: 1, address: room.address, caller, post, at: new Date().toISOString() }
  return { room: room.id, id: post.id, poster: caller.poster, hash, payload: JSON.stringify(queued) }
}

/** Throws where it is none that this release can read. */
export function fromSpooledPost({ payload }: SpooledPost): QueuedPost {
  const queued = JSON.parse(payload) as QueuedPost
  if (queued.v !== 1) throw new Error(`a queued post of version ${String(queued.v)}`)
  return queued
}
