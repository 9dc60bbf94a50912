import type { RedisClient } from '../db/open-redis.ts'
import type { RoomId } from '../rooms/room.ts'

/** Milliseconds for which an item stays hidden after the last try to remove it. */
const HIDDEN_MS = 60_000
/** How often other nodes' are looked for, and old ones let go. */
const LOOK_MS = 1000

interface Listeners {
  /** What is hidden in the room is another set now. */
  readonly changed: (room: RoomId, items: ReadonlySet<string> | undefined) => void
  /** An item is hidden no longer, for whatever reason. */
  readonly lifted: (room: RoomId, item: string) => void
}

/**
 * Items whose removal could not be stored yet: readers are shown them no longer, on any node within a second where
 * there is Redis, until it is decided, or for a minute after the last try. Nothing of it is stored in the log.
 */
export class Veils {
  readonly #redis: RedisClient | undefined
  readonly #key: string
  readonly #until = new Map<RoomId, Map<string, number>>()
  /** What is known to be shared: only of that its absence says that it was decided elsewhere. */
  readonly #told = new Set<string>()
  readonly #timer: NodeJS.Timeout
  #listeners: Listeners | undefined

  constructor(redis: RedisClient | undefined, prefix: string) {
    this.#redis = redis
    this.#key = `${prefix}:veils`
    redis?.on('error', () => {})
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
  }

  listen(listeners: Listeners): void {
    this.#listeners = listeners
  }

  /** What readers of the room are not to be shown; undefined where that is nothing. */
  of(room: RoomId): ReadonlySet<string> | undefined {
    const items = this.#until.get(room)
    return items && new Set(items.keys())
  }

  hides(room: RoomId, item: string): boolean {
    return this.#until.get(room)?.has(item) ?? false
  }

  hide(room: RoomId, item: string): void {
    const until = Date.now() + HIDDEN_MS
    this.#hideUntil(room, item, until)
    this.#tell(`${room}/${item}`, until)
  }

  /** The removal was stored, or refused for good. */
  decided(room: RoomId, item: string): void {
    if (!this.hides(room, item)) return
    this.#lift(room, item)
    this.#redis?.zrem(this.#key, `${room}/${item}`).catch(() => {})
  }

  close(): void {
    clearInterval(this.#timer)
    this.#redis?.disconnect()
  }

  #hideUntil(room: RoomId, item: string, until: number): void {
    const items = this.#until.get(room) ?? new Map<string, number>()
    const isNew = !items.has(item)
    items.set(item, until)
    this.#until.set(room, items)
    if (isNew) this.#listeners?.changed(room, this.of(room))
  }

  #tell(name: string, until: number): void {
    this.#redis?.zadd(this.#key, until, name).then(
      () => {
        if (this.hides(...partsOf(name))) this.#told.add(name)
      },
      // Tried again with the next look.
      () => this.#told.delete(name),
    )
  }

  #lift(room: RoomId, item: string): void {
    this.#told.delete(`${room}/${item}`)
    const items = this.#until.get(room)
    items?.delete(item)
    if (items?.size === 0) this.#until.delete(room)
    this.#listeners?.changed(room, this.of(room))
    this.#listeners?.lifted(room, item)
  }

  async #look(): Promise<void> {
    const began = Date.now()
    const shared = await this.#shared(began).catch(() => undefined)
    for (const [room, items] of this.#until)
      for (const [item, until] of items) {
        // Decided on another node; one that was hidden here a moment ago may not be known there yet.
        const name = `${room}/${item}`
        const isUnshared = shared && !shared.has(name) && until < began + HIDDEN_MS - 2 * LOOK_MS
        if (until <= began || (isUnshared && this.#told.has(name))) this.#lift(room, item)
        else if (isUnshared) this.#tell(name, until)
      }
    for (const [name, until] of shared ?? []) {
      this.#hideUntil(...partsOf(name), until)
      this.#told.add(name)
    }
  }

  /** Undefined where there is nobody to share with. */
  async #shared(now: number): Promise<Map<string, number> | undefined> {
    if (!this.#redis) return undefined
    const flat = await this.#redis.zrangebyscore(this.#key, now, '+inf', 'WITHSCORES')
    await this.#redis.zremrangebyscore(this.#key, '-inf', `(${now}`)
    const pairs = flat.flatMap((name, index) =>
      index % 2 ? [] : [[name, Math.min(Number(flat[index + 1]), now + HIDDEN_MS)] as const],
    )
    return new Map(pairs)
  }
}

/** Of `room/item`. */
function partsOf(name: string): [RoomId, string] {
  const slash = name.indexOf('/')
  return [Number(name.slice(0, slash)) as RoomId, name.slice(slash + 1)]
}
