import type { RoomId } from '../rooms/room.ts'
import type { SpoolLink } from './spool-link.ts'
import { STREAMS, streamKeys } from './stream-keys.ts'

/** How often Redis is asked what waits: where something does, as far as is known, and where nothing does. */
const BUSY_MS = 200
const IDLE_MS = 1000
/** Milliseconds for which what was seen last is believed where Redis does not answer. */
const KNOWN_MS = 15_000

/** Which rooms have posts that wait, on any node, from memory: what another node has queued shows within a second. */
export class Backlog {
  /** Posts that wait, of all nodes, as of the last look. */
  posts = 0
  readonly #link: SpoolLink
  readonly #prefix: string
  /** When each was last heard of, on the process's clock. */
  readonly #rooms = new Map<RoomId, number>()
  #onStreams: (streams: readonly number[]) => void = () => {}
  #looking: Promise<boolean> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #lookedAt = performance.now()

  constructor(link: SpoolLink, prefix: string) {
    this.#link = link
    this.#prefix = prefix
    this.#schedule()
  }

  get size(): number {
    return this.#rooms.size
  }

  /** Without Redis for long nobody knows what waits there, and no room is held up by it. */
  has(room: RoomId): boolean {
    return this.#rooms.has(room) && performance.now() - this.#lookedAt < KNOWN_MS
  }

  /** Something of this room is about to wait, or does now. */
  note(room: RoomId): void {
    this.#rooms.set(room, performance.now())
  }

  forget(room: RoomId): void {
    this.#rooms.delete(room)
  }

  /** Calls back after each look with the streams that are not empty. */
  onStreams(listener: (streams: readonly number[]) => void): void {
    this.#onStreams = listener
  }

  /** Looks now. False where Redis could not be asked: what was known stands. */
  look(): Promise<boolean> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
  }

  #schedule(): void {
    if (this.#closed) return
    const wait = this.#rooms.size > 0 ? BUSY_MS : IDLE_MS
    this.#timer = setTimeout(() => void this.look().then(() => this.#schedule()), wait)
  }

  async #look(): Promise<boolean> {
    const began = performance.now()
    try {
      const asked = Array.from({ length: STREAMS }, (_, stream) =>
        this.#link.redis.hgetall(streamKeys(this.#prefix, stream).rooms),
      )
      const found = await Promise.all(asked)
      const waiting = found.flatMap((rooms) => Object.entries(rooms))
      const rooms = new Set(waiting.map(([room]) => Number(room) as RoomId))
      // What was noted while this was asked may not have been there yet.
      for (const [room, noted] of this.#rooms) if (noted < began && !rooms.has(room)) this.#rooms.delete(room)
      for (const room of rooms) this.note(room)
      this.posts = waiting.reduce((sum, [, posts]) => sum + Number(posts), 0)
      this.#lookedAt = performance.now()
      this.#onStreams(found.flatMap((list, stream) => (Object.keys(list).length > 0 ? [stream] : [])))
      return true
    } catch {
      return false
    }
  }
}
