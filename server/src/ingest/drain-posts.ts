import { ERRORS } from '@halley/shared'
import type { RoomFinder } from '../auth/in-room.ts'
import type { StillVouched } from '../auth/still-vouched.ts'
import { isOfTheDatabase } from '../db/or-unavailable.ts'
import { accepted } from '../log/accepted.ts'
import type { PostRequest } from '../log/change-request.ts'
import type { Chain, LogWriter } from '../log/log.ts'
import type { Logger } from '../logger.ts'
import { Problem } from '../problem.ts'
import type { Room, RoomId } from '../rooms/room.ts'
import type { Fate, SpooledPost } from '../spool/spooled-post.ts'
import { fromSpooledPost } from './queued-post.ts'
import { toPostRequest } from './to-post-request.ts'

interface Parts {
  readonly log: LogWriter
  readonly rooms: Pick<RoomFinder, 'find' | 'refresh'>
  readonly stillVouched: StillVouched
  readonly logger: Pick<Logger, 'info'>
}

/**
 * Stores queued posts: judged anew by the room, the rights and the limits of now, each room's in their order. What is
 * behind a post of its room that could not be stored stays where it is, too. Never rejects.
 */
export function drainPosts(parts: Parts): (posts: readonly SpooledPost[]) => Promise<Fate[]> {
  return async (posts) => {
    try {
      await parts.rooms.refresh([...new Set(posts.flatMap((post) => readable(post)?.address ?? []))])
    } catch {
      return posts.map(() => LATER)
    }
    const judged = await Promise.all(posts.map((post) => judge(parts, post).catch(fateOf)))
    const chains = new Map<RoomId, Chain>()
    const stored = judged.map((one, index) => {
      const { room } = posts[index] as SpooledPost
      // What is undecided holds up what is behind it in its room, and nothing that is before it.
      if ('is' in one && one.is !== 'rejected') chains.set(room, { broken: true })
      if ('is' in one) return one
      const chain = chains.get(room) ?? { broken: false }
      chains.set(room, chain)
      return store(parts.log, one, chain)
    })
    const fates = await Promise.all(stored)
    for (const [index, fate] of fates.entries()) tell(parts.logger, posts[index] as SpooledPost, fate)
    return fates
  }
}

interface Judged {
  readonly room: Room
  readonly request: PostRequest
  readonly by: string
}

/** Throws `Problem` where it is refused by now. */
async function judge({ rooms, stillVouched }: Parts, post: SpooledPost): Promise<Judged> {
  const { address, caller, post: sent, at } = fromSpooledPost(post)
  const [site, slug] = address.split('/') as [string, string]
  const room = await rooms.find(site, slug)
  if (!room || room.id !== post.room) throw new Problem('room-unknown')
  if (room.site.gone) throw new Problem('site-gone')
  if (!(await stillVouched(caller))) throw new Problem('token-invalid')
  const request = toPostRequest(room, caller, { ...sent, id: post.id })
  return { room, request: { ...request, hash: post.hash, postedAt: at }, by: caller.poster }
}

async function store(log: LogWriter, { room, request, by }: Judged, chain: Chain): Promise<Fate> {
  try {
    if (chain.broken) return LATER
    accepted(await log.publish(room, request, by, chain))
    return { is: 'stored' }
  } catch (error) {
    return fateOf(error)
  }
}

const LATER: Fate = { is: 'later' }

/**
 * What a database lacks or has damaged is mended there, however long that takes, and no post is put aside for it. What
 * fails by the post itself, or by a mistake of ours that it meets, would hold up its room for ever.
 */
function fateOf(error: unknown): Fate {
  if (error instanceof Problem) return ERRORS[error.code].retry ? LATER : { is: 'rejected', code: error.code }
  return isOfTheDatabase(error) ? LATER : { is: 'failed', why: String(error) }
}

function tell(logger: Parts['logger'], { room, id }: SpooledPost, fate: Fate): void {
  if (fate.is === 'rejected')
    logger.info({ room, id, code: fate.code }, 'a queued post was refused in the end')
}

function readable(post: SpooledPost): ReturnType<typeof fromSpooledPost> | undefined {
  try {
    return fromSpooledPost(post)
  } catch {
    return undefined
  }
}
