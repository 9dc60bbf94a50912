import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../logger.ts'
import { Problem } from '../problem.ts'
import type { RoomId } from '../rooms/room.ts'
import { Backlog } from './backlog.ts'
import { Durability } from './durability.ts'
import { SpoolLink, type SpoolRedis } from './spool-link.ts'
import { fieldOf, posterIn, printOf, type SpooledPost } from './spooled-post.ts'
import { streamKeys, streamOf } from './stream-keys.ts'

/**
 * What one stream holds at most: posts, those of one room, bytes, and milliseconds of the oldest; beyond, posts are
 * refused.
 */
export interface SpoolBounds {
  readonly posts: number
  /** Others share the stream. */
  readonly roomPosts: number
  readonly bytes: number
  readonly ageMs: number
}

const BOUNDS: SpoolBounds = { posts: 50_000, roomPosts: 25_000, bytes: 33_554_432, ageMs: 3_600_000 }
/** Milliseconds for which a post waits where its room's last ones are being stored, and between two looks. */
const CLOSING_MS = 500
const CLOSING_PAUSE_MS = 10
const RETRY_AFTER = 2

/** `empty`: nothing of its room waits, so that it need not. */
export type Added = 'queued' | 'id-taken' | 'empty'

/**
 * Posts that wait in Redis while the log is away. They are taken in only where that Redis keeps what it has
 * acknowledged, and are drained in the order of their room by `Drainers`, on whichever node does that.
 */
export class Spool {
  readonly backlog: Backlog
  readonly #durability: Durability
  readonly #link: SpoolLink
  readonly #asking: SpoolLink
  readonly #prefix: string
  readonly #bounds: SpoolBounds
  /** For the figures of an operator. */
  readonly counts = { queued: 0, refused: 0 }

  /** `open` opens a connection of that name; `prefix` keeps deployments that share a Redis apart. */
  constructor(parts: {
    open: (name: string) => SpoolRedis
    prefix: string
    logger: Pick<Logger, 'warn' | 'info'>
    bounds?: Partial<SpoolBounds>
  }) {
    this.#prefix = parts.prefix
    this.#bounds = { ...BOUNDS, ...parts.bounds }
    this.#link = new SpoolLink(parts.open('halley-spool'))
    this.#asking = new SpoolLink(parts.open('halley-spool-asking'))
    this.#durability = new Durability(this.#link, parts.logger)
    this.backlog = new Backlog(this.#asking, parts.prefix)
  }

  /** True where a post can be promised, as far as is known. */
  get keeps(): boolean {
    return this.#durability.keeps
  }

  /** Resolves when it is known whether Redis keeps posts and which wait, or after so many milliseconds. */
  async open(ms: number): Promise<void> {
    const end = performance.now() + ms
    while (performance.now() < end && !(this.#durability.isKnown && (await this.backlog.look())))
      await sleep(CLOSING_PAUSE_MS)
  }

  /** True where posts of this room wait, as of at most a second ago: new ones are to be added behind them. */
  waits(room: RoomId): boolean {
    return this.backlog.has(room)
  }

  /**
   * Resolves once the post is durable (or was before). `behind`: only where posts of its room wait already. Throws
   * `Problem`: `unavailable` where nothing of it was kept, `outcome-unknown` where that is not known.
   */
  async add(post: SpooledPost, how: 'behind' | 'anyway'): Promise<Added> {
    if (!this.keeps) throw new Problem('unavailable', undefined, RETRY_AFTER)
    if (how === 'anyway') this.backlog.note(post.room)
    const until = performance.now() + CLOSING_MS
    for (let mode: string = how; ; await sleep(CLOSING_PAUSE_MS)) {
      if (performance.now() > until) mode = 'anyway'
      const answer = await this.#durability.write(() => this.#add(post, mode))
      if (answer === 'full') return this.#refuse()
      if (answer === 'closing') continue
      if (answer === 'empty') this.backlog.forget(post.room)
      if (answer === 'queued') {
        this.counts.queued += 1
        this.backlog.note(post.room)
      }
      return answer as Added
    }
  }

  /** What is known here of a post by this poster; undefined where nothing is. Rejects as the connection does. */
  async fate(room: RoomId, id: string, poster: string): Promise<'queued' | 'rejected' | undefined> {
    const keys = streamKeys(this.#prefix, streamOf(room))
    const field = fieldOf({ room, id })
    const waiting = await this.#asking.redis.hget(keys.known, field)
    if (waiting) return posterIn(waiting) === poster ? 'queued' : undefined
    const rejected = await this.#asking.redis.get(keys.rejected(field))
    return rejected && posterIn(rejected) === poster ? 'rejected' : undefined
  }

  close(): void {
    this.backlog.close()
    this.#durability.close()
    this.#link.close()
    this.#asking.close()
  }

  #refuse(): never {
    this.counts.refused += 1
    throw new Problem('unavailable', undefined, RETRY_AFTER)
  }

  #add(post: SpooledPost, mode: string): Promise<unknown> {
    const keys = streamKeys(this.#prefix, streamOf(post.room))
    const { posts, roomPosts, bytes, ageMs } = this.#bounds
    return this.#link.run(
      'spoolAdd',
      [keys.posts, keys.rooms, keys.known, keys.meta, keys.closing],
      [post.room, fieldOf(post), printOf(post), post.payload, mode, posts, bytes, ageMs, roomPosts],
    )
  }
}
