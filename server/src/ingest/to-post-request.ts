import { createHash } from 'node:crypto'
import type { PostItem } from '@halley/shared'
import { isStaff, refusal } from '../auth/abilities.ts'
import type { Caller } from '../auth/caller.ts'
import { parseText } from '../filters/parse-text.ts'
import type { PostRequest } from '../log/change-request.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../rooms/room.ts'
import { authorOf } from './author-of.ts'

export type Poster = Exclude<Caller, { kind: 'anonymous' }>
/** A post whose id is settled, by its sender or by us. */
export type NamedPost = PostItem & { readonly id: string }

/** Of what was sent and by whom: a retry has the same, whatever became of the room or of our filters since. */
function hashOf(post: PostItem, poster: string): string {
  const { author, text, highlight } = post
  const sent = [poster, author?.name, author?.url, author?.avatar, text, highlight === true]
  return createHash('sha256').update(JSON.stringify(sent)).digest('base64url')
}

/** Throws where the caller may not post here. The room's state is left to the log, which knows it best. */
export function checkMayPost(room: Room, caller: Caller, post: PostItem): asserts caller is Poster {
  const refused = refusal(caller, { ...room, state: 'open' }, 'post')
  if (refused || caller.kind === 'anonymous') throw new Problem(refused ?? 'sign-in-required')
  if (post.highlight && !isStaff(caller)) throw new Problem('forbidden', 'Only staff highlight')
  if (post.media !== undefined && post.media !== null) throw new Problem('media-unsupported')
}

/** What the log is asked to append: a body made of text, a name that may be had. Throws `Problem`. */
export function toPostRequest(room: Room, caller: Caller, post: NamedPost): PostRequest {
  checkMayPost(room, caller, post)
  const { body, text } = parseText(post.text, room.settings.textLimit)
  const staff = isStaff(caller)
  return {
    type: 'post',
    id: post.id,
    kind: 'post',
    author: authorOf(caller, post.author),
    body,
    text,
    hash: hashOf(post, caller.poster),
    highlight: post.highlight === true,
    held: room.settings.holdPosts && !staff,
    evenIfClosed: staff && room.state !== 'archived',
  }
}
