import type { PostItem } from '@halley/shared'
import { v7 as uuidv7 } from 'uuid'
import type { Caller } from '../auth/caller.ts'
import { deadline } from '../db/deadline.ts'
import { accepted } from '../log/accepted.ts'
import type { PostRequest } from '../log/change-request.ts'
import type { LogWriter } from '../log/log.ts'
import { Problem } from '../problem.ts'
import type { Room } from '../rooms/room.ts'
import type { Spool } from '../spool/spool.ts'
import type { Outage } from './outage.ts'
import { toSpooledPost } from './queued-post.ts'
import { checkMayPost, type NamedPost, type Poster, toPostRequest } from './to-post-request.ts'

/** Milliseconds that a post which could be queued waits for the log. */
const DEADLINE_MS = 3000

export interface Posting {
  readonly log: LogWriter
  /** Where posts wait while the log is away; undefined where there is no such place. */
  readonly queue: { readonly spool: Spool; readonly outage: Outage } | undefined
}

type Stored = ReturnType<typeof accepted>
export type Queued = { readonly status: 'queued'; readonly id: string }

/**
 * A post, from its text to the log's answer, or to its place in the queue while the log is away. Throws `Problem`.
 * `arrivedAt`: when it was asked for, on the process's clock.
 */
export async function postItem(
  { log, queue }: Posting,
  room: Room,
  caller: Caller,
  sent: PostItem,
  arrivedAt: number,
): Promise<Stored | Queued> {
  checkMayPost(room, caller, sent)
  const post: NamedPost = { ...sent, id: sent.id ?? uuidv7() }
  const request = { ...toPostRequest(room, caller, post), arrivedAt }
  const waits = queue?.spool.waits(room.id)
  if (!queue || !(queue.spool.keeps || waits))
    return accepted(await log.publish(room, request, caller.poster))
  const { spool, outage } = queue
  const enqueue = (how: 'behind' | 'anyway') => addTo(spool, how, room, caller, post, request)
  if (outage.away || waits) {
    const added = await enqueue(outage.away ? 'anyway' : 'behind')
    if (added) return added
  }
  try {
    const appended = log.publish(room, request, caller.poster)
    return accepted(await deadline(appended, DEADLINE_MS, () => new Problem('outcome-unknown', undefined, 1)))
  } catch (error) {
    if (!isOfTheLog(error)) throw error
    outage.suspect()
    // Queued or not: what is known of the log's part of it is what is told.
    const added = await enqueue('anyway').catch((other: unknown) => {
      throw other instanceof Problem && other.code === 'id-taken' ? other : error
    })
    return added as Queued
  }
}

/** Undefined where nothing of the room waits any more. Throws `Problem`. */
async function addTo(
  spool: Spool,
  how: 'behind' | 'anyway',
  room: Room,
  caller: Poster,
  post: NamedPost,
  { hash }: PostRequest,
): Promise<Queued | undefined> {
  const added = await spool.add(toSpooledPost(room, caller, post, hash), how)
  if (added === 'id-taken') throw new Problem('id-taken')
  return added === 'queued' ? { status: 'queued', id: post.id } : undefined
}

function isOfTheLog(error: unknown): boolean {
  return error instanceof Problem && (error.code === 'unavailable' || error.code === 'outcome-unknown')
}
