import type { RoomId } from '../rooms/room.ts'
import type { SpoolLink } from './spool-link.ts'
import { type Fate, fieldOf, printOf, REJECTED_SECONDS, readEntry, type SpooledPost } from './spooled-post.ts'
import { type StreamKeys, streamKeys } from './stream-keys.ts'

/** Milliseconds for which a stream is one drainer's without a sign of life, and how often it gives one. */
const LEASE_MS = 5000
const RENEW_MS = 1500
/** Posts that are handed out together. */
const CHUNK = 100
/** Before the first entry of a stream, for Redis. */
const START = '-'
/** How often a post may fail by a fault of its own before it is put aside. */
export const TRIES = 5

export interface Handed extends SpooledPost {
  readonly entry: string
}

/** What happened to a chunk of one stream. */
export type Drained =
  | 'empty'
  | 'lost'
  | {
      readonly settled: number
      readonly left: number
      readonly parked: readonly Handed[]
      /** The end of the stream was reached since the chunk before, so that a pass is over. */
      readonly over: boolean
    }

/**
 * Drains one stream under a lease: nobody else settles anything of it meanwhile. It passes over the stream again and
 * again; a room of which something could not be stored is held up for the rest of a pass, and no other one is.
 */
export class StreamDrainer {
  readonly stream: number
  readonly #link: SpoolLink
  readonly #keys: StreamKeys
  readonly #holder: string
  readonly #tries: Map<string, number>
  readonly #renewing: NodeJS.Timeout
  /** Where the pass goes on. */
  #from = START
  #passes = 0
  readonly #held = new Set<RoomId>()

  private constructor(
    link: SpoolLink,
    keys: StreamKeys,
    stream: number,
    holder: string,
    tries: Map<string, number>,
  ) {
    this.stream = stream
    this.#link = link
    this.#keys = keys
    this.#holder = holder
    this.#tries = tries
    this.#renewing = setInterval(() => {
      link.run('spoolRenew', [keys.lease], [holder, LEASE_MS]).catch(() => {})
    }, RENEW_MS)
  }

  /** Undefined where another has the stream. `tries` is of this process: by post, how often it has failed. */
  static async take(
    link: SpoolLink,
    parts: { prefix: string; stream: number; node: string; tries: Map<string, number> },
  ): Promise<StreamDrainer | undefined> {
    const keys = streamKeys(parts.prefix, parts.stream)
    const holder = await link.run('spoolTake', [keys.lease, keys.meta], [parts.node, LEASE_MS])
    return holder ? new StreamDrainer(link, keys, parts.stream, String(holder), parts.tries) : undefined
  }

  /** Hands the oldest posts to `deliver`, which answers each in its place, and takes out those that are decided. */
  async chunk(deliver: (posts: readonly Handed[]) => Promise<readonly Fate[]>): Promise<Drained> {
    const passes = this.#passes
    const posts = await this.#read()
    if (!posts) return 'lost'
    if (posts.length === 0) return 'empty'
    const fates = await deliver(posts)
    const parked: Handed[] = []
    const settling = posts.flatMap((post, index) => {
      const what = this.#settle(post, fates[index] as Fate)
      if (what?.[1] === 'park') parked.push(post)
      if (!what && this.#from !== START) this.#held.add(post.room)
      return what ? [what] : []
    })
    await this.#tellRejected(posts, fates)
    const left = posts.length - settling.length
    const { posts: stream, lease, rooms, known, meta, closing, parked: aside } = this.#keys
    const keys = [stream, lease, rooms, known, meta, closing, aside]
    const kept = await this.#link.run('spoolSettle', keys, [this.#holder, left, ...settling.flat()])
    return kept ? { settled: settling.length, left, parked, over: this.#passes > passes } : 'lost'
  }

  /** Others may take the stream at once. */
  async release(): Promise<void> {
    clearInterval(this.#renewing)
    const { lease, closing } = this.#keys
    await this.#link.run('spoolRelease', [lease, closing], [this.#holder]).catch(() => {})
  }

  /** What comes next in this pass, or first in the next one; nothing where the stream is empty. Undefined: not ours. */
  async #read(): Promise<Handed[] | undefined> {
    const { posts: stream, lease, rooms, closing } = this.#keys
    for (;;) {
      const isWhole = this.#held.size === 0
      const args = [this.#holder, LEASE_MS, CHUNK, this.#from, ...this.#held]
      const read = await this.#link.run('spoolRead', [stream, lease, rooms, closing], args)
      if (!read) return undefined
      const [from, posts] = read as [string, [string, string[]][]]
      this.#from = from
      if (from === START) {
        this.#passes += 1
        this.#held.clear()
      }
      if (posts.length > 0 || isWhole) return posts.map(toHanded)
    }
  }

  #settle(post: Handed, fate: Fate): [string, string, string] | undefined {
    const field = fieldOf(post)
    if (fate.is === 'later') return undefined
    if (fate.is !== 'failed') {
      this.#tries.delete(field)
      return [post.entry, 'done', '']
    }
    const tries = (this.#tries.get(field) ?? 0) + 1
    this.#tries.set(field, tries)
    if (tries < TRIES) return undefined
    this.#tries.delete(field)
    return [post.entry, 'park', fate.why]
  }

  /** Before they are taken out, so that there is no moment in which nothing is known of them. */
  async #tellRejected(posts: readonly Handed[], fates: readonly Fate[]): Promise<void> {
    const told = posts.flatMap((post, index) => {
      const fate = fates[index] as Fate
      if (fate.is !== 'rejected') return []
      const key = this.#keys.rejected(fieldOf(post))
      return [this.#link.redis.set(key, printOf({ ...post, hash: fate.code }), 'EX', REJECTED_SECONDS)]
    })
    // Where memory is used up they are not told; the post is decided all the same.
    await Promise.allSettled(told)
  }
}

function toHanded([entry, fields]: [string, string[]]): Handed {
  const { room, id, hash, poster, payload } = readEntry(fields)
  return { entry, room, id, hash, poster, payload }
}
