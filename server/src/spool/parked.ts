import type { RoomId } from '../rooms/room.ts'
import type { SpoolLink } from './spool-link.ts'
import { fieldOf, printOf, REJECTED_SECONDS, readEntry } from './spooled-post.ts'
import { STREAMS, streamKeys, streamOf } from './stream-keys.ts'

/** A post that was answered `202`, failed again and again when it was to be stored, and was put aside. */
export interface ParkedPost {
  readonly entry: string
  readonly room: RoomId
  readonly id: string
  readonly poster: string
  /** What went wrong the last time. */
  readonly why: string
  readonly parkedAt: Date
}

/** Those of all rooms, the oldest first. */
export async function listParked(link: SpoolLink, prefix: string): Promise<ParkedPost[]> {
  const streams = Array.from({ length: STREAMS }, (_, stream) =>
    link.redis.xrange(streamKeys(prefix, stream).parked, '-', '+'),
  )
  const found = (await Promise.all(streams)).flat().map(toParked)
  return found.sort((a, b) => a.parkedAt.getTime() - b.parkedAt.getTime())
}

/** Has it wait again behind the others of its room, to be stored. False where it is not there any more. */
export function retryParked(link: SpoolLink, prefix: string, post: ParkedPost): Promise<boolean> {
  return unpark(link, prefix, post, 'retry')
}

/** Gives it up; whoever posted it is told that it was refused, for a day. False where it is not there any more. */
export function dropParked(link: SpoolLink, prefix: string, post: ParkedPost): Promise<boolean> {
  return unpark(link, prefix, post, 'drop')
}

async function unpark(
  link: SpoolLink,
  prefix: string,
  post: ParkedPost,
  how: 'retry' | 'drop',
): Promise<boolean> {
  const keys = streamKeys(prefix, streamOf(post.room))
  const { posts, rooms, known, meta, parked } = keys
  const done = await link.run(
    'spoolUnpark',
    [posts, rooms, known, meta, parked, keys.rejected(fieldOf(post))],
    [how, post.entry, printOf({ ...post, hash: 'internal' }), REJECTED_SECONDS],
  )
  return done === 1
}

function toParked([entry, fields]: [string, string[]]): ParkedPost {
  const { room, id, poster, why } = readEntry(fields)
  return { entry, room, id, poster, why, parkedAt: new Date(Number(entry.split('-')[0])) }
}
