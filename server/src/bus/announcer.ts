import type { RedisClient } from '../db/open-redis.ts'
import type { RoomId } from '../rooms/room.ts'
import { EVERYWHERE, type RoomNews } from './bus.ts'
import { encodeNews, encodeTold, newsHead } from './encode-news.ts'
import type { RedisWindows } from './redis-windows.ts'
import type { RoomNames } from './room-names.ts'

/** Characters of news that may wait for a slow Redis; beyond it news is dropped, and read from the log instead. */
const UNSENT_LIMIT = 16_777_216
/** Of what it was told in the last second before its end, a Redis may keep nothing. */
const FORGETFUL_MS = 1500

/** Sends news to Redis without anybody waiting for it. */
export class Announcer {
  readonly #by: string
  readonly #client: RedisClient
  readonly #windows: RedisWindows
  readonly #names: RoomNames
  readonly #sharded: boolean
  /** Rooms whose windows do not know what was told: they must not be believed. */
  readonly #owed = new Set<RoomId>()
  /** Rooms that were told of in this second and in the one before: a Redis that dies may forget it. */
  readonly #fresh: [Set<RoomId>, Set<RoomId>] = [new Set(), new Set()]
  #turnedAt = 0
  readonly #flying = new Set<Promise<void>>()
  #unsent = 0

  constructor(parts: {
    by: string
    client: RedisClient
    windows: RedisWindows
    names: RoomNames
    sharded: boolean
  }) {
    this.#by = parts.by
    this.#client = parts.client
    this.#windows = parts.windows
    this.#names = parts.names
    this.#sharded = parts.sharded
    for (const ended of ['close', '-node']) parts.client.on(ended, this.#oweFresh)
  }

  /** Never throws. */
  announce(room: RoomId, news: RoomNews): void {
    const ready = this.#client.status === 'ready' && this.#unsent <= UNSENT_LIMIT
    if (!ready) {
      if (room !== EVERYWHERE) this.#owed.add(room)
      return
    }
    this.#fresh[0].add(room)
    const texts = news.changes.map(encodeTold)
    const size = texts.reduce((sum, text) => sum + text.length, 0)
    this.#unsent += size
    const sent = this.#send(room, news, texts).finally(() => {
      this.#unsent -= size
      this.#flying.delete(sent)
    })
    this.#flying.add(sent)
  }

  /** Publishes on a channel that no window belongs to; nobody is told whether it arrived. */
  tell(channel: string, text: string): void {
    if (this.#client.status === 'ready') this.#publish(channel, text).catch(() => {})
  }

  /** To be called now and then: forgets the windows that are owed news. */
  settle(): void {
    const now = performance.now()
    if (now - this.#turnedAt >= FORGETFUL_MS) {
      this.#turnedAt = now
      this.#fresh.unshift(new Set())
      this.#fresh.pop()
    }
    if (this.#client.status !== 'ready') return
    for (const room of this.#owed) {
      this.#owed.delete(room)
      this.#windows.drop(room).catch(() => this.#owed.add(room))
    }
  }

  /** Resolves when all that was announced is sent, or lost. */
  async flushed(): Promise<void> {
    await Promise.all(this.#flying)
  }

  readonly #oweFresh = (): void => {
    for (const rooms of this.#fresh) for (const room of rooms) if (room !== EVERYWHERE) this.#owed.add(room)
  }

  async #send(room: RoomId, news: RoomNews, texts: readonly string[]): Promise<void> {
    const channel = this.#names.channel(room)
    try {
      if (room === EVERYWHERE) await this.#publish(channel, `${newsHead(this.#by, news)}${texts.join(',')}]}`)
      else await this.#windows.announce(this.#by, room, news, texts)
    } catch {
      if (room === EVERYWHERE) return
      this.#owed.add(room)
      // A Redis whose disk is full refuses what it would have to keep, and goes on publishing.
      await this.#publish(channel, encodeNews(this.#by, news)).catch(() => {})
    }
  }

  #publish(channel: string, text: string): Promise<unknown> {
    return this.#sharded ? this.#client.spublish(channel, text) : this.#client.publish(channel, text)
  }
}
