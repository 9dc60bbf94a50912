import { createHash } from 'node:crypto'
import type { PostItem } from '@halley/shared'
import { v7 as uuidv7 } from 'uuid'
import { isStaff, refusal } from '../auth/abilities.ts'
import type { Caller } from '../auth/caller.ts'
import { parseText } from '../filters/parse-text.ts'
import { accepted } from '../log/accepted.ts'
import type { LogWriter } from '../log/log.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../rooms/room.ts'
import { authorOf } from './author-of.ts'

type Poster = Exclude<Caller, { kind: 'anonymous' }>

/** Of what was sent and by whom: a retry has the same, whatever became of the room or of our filters since. */
function hashOf(post: PostItem, poster: string): string {
  const { author, text, highlight } = post
  const sent = [poster, author?.name, author?.url, author?.avatar, text, highlight === true]
  return createHash('sha256').update(JSON.stringify(sent)).digest('base64url')
}

/** Throws where the caller may not post here. The room's state is left to the log, which knows it best. */
function checkMayPost(room: Room, caller: Caller, post: PostItem): asserts caller is Poster {
  const refused = refusal(caller, { ...room, state: 'open' }, 'post')
  if (refused || caller.kind === 'anonymous') throw new Problem(refused ?? 'sign-in-required')
  if (post.highlight && !isStaff(caller)) throw new Problem('forbidden', 'Only staff highlight')
  if (post.media !== undefined && post.media !== null) throw new Problem('media-unsupported')
}

/** A post, from its text to the log's answer. Throws `Problem`. */
export async function postItem(log: LogWriter, room: Room, caller: Caller, post: PostItem) {
  checkMayPost(room, caller, post)
  const { body, text } = parseText(post.text, room.settings.textLimit)
  const staff = isStaff(caller)
  const outcome = await log.publish(
    room,
    {
      type: 'post',
      id: post.id ?? uuidv7(),
      kind: 'post',
      author: authorOf(caller, post.author),
      body,
      text,
      hash: hashOf(post, caller.poster),
      highlight: post.highlight === true,
      held: room.settings.holdPosts && !staff,
      evenIfClosed: staff && room.state !== 'archived',
    },
    caller.poster,
  )
  return accepted(outcome)
}
