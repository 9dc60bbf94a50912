import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { openRedisNode, REDIS_DEADLINE_MS } from '../db/open-redis.ts'
import type { RoomId } from '../rooms/room.ts'
import type { Bus, NewsListener, RoomNews, Subscription } from './bus.ts'
import { Confirmations } from './confirmations.ts'
import { decodeNews, encodeNews, isNewsBy } from './encode-news.ts'
import { Listeners } from './listeners.ts'

/** Bytes of news that may wait for a slow Redis; beyond it news is dropped, and read from the log instead. */
const UNSENT_BYTES = 16_777_216
const PROBE_MS = 250
/** Whoever has not heard their own probe for so long counts as cut off, and after a while connects anew. */
const SILENT_MS = 1000
const DEAF_MS = 2500
const AT_ONCE = 500

/**
 * News over Redis pub/sub. Listeners of this process never wait for Redis. Whether news of others arrives is found
 * out end to end: a subscription may answer PING and deliver nothing, so this process sends itself a probe.
 */
export class RedisBus implements Bus {
  readonly #listeners = new Listeners()
  readonly #id = randomUUID()
  readonly #prefix: string
  readonly #logger: Pick<Logger, 'warn'>
  readonly #publisher: Redis
  readonly #subscriber: Redis
  readonly #ticker: NodeJS.Timeout
  readonly #confirmations = new Confirmations(REDIS_DEADLINE_MS)
  #heardAt = Number.NEGATIVE_INFINITY
  /** When both connections were last made anew. */
  #renewedAt = performance.now()
  #resubscribed = false
  #wasConnected = true
  #closed = false

  /** `prefix` keeps deployments that share a Redis apart. */
  constructor(parts: { url: string; prefix: string; logger: Pick<Logger, 'warn'> }) {
    this.#prefix = parts.prefix
    this.#logger = parts.logger
    this.#publisher = openRedisNode(new URL(parts.url), 'halley-publish')
    this.#subscriber = openRedisNode(new URL(parts.url), 'halley-subscribe')
    // What goes wrong shows in `connected`, which is logged when it changes.
    this.#publisher.on('error', ignore)
    this.#subscriber.on('error', ignore)
    this.#publisher.on('ready', this.#probe)
    this.#subscriber.on('ready', () => void this.#resubscribe())
    this.#subscriber.on('close', () => {
      this.#resubscribed = false
      this.#heardAt = Number.NEGATIVE_INFINITY
      this.#confirmations.withdrawAll()
    })
    this.#subscriber.on('message', this.#onMessage)
    this.#ticker = setInterval(this.#tick, PROBE_MS)
  }

  publish(room: RoomId, news: RoomNews): void {
    this.#listeners.tell(room, news)
    if (this.#publisher.status !== 'ready') return
    if ((this.#publisher.stream?.writableLength ?? 0) > UNSENT_BYTES) return
    this.#publisher.publish(this.#channelOf(room), encodeNews(this.#id, news)).catch(ignore)
  }

  subscribe(room: RoomId, listener: NewsListener): Subscription {
    if (this.#listeners.add(room, listener)) void this.#subscribeTo([room])
    return { ready: this.#confirmations.wait(room), end: () => this.#unsubscribe(room, listener) }
  }

  connected(): boolean {
    return (
      this.#subscriber.status === 'ready' &&
      this.#resubscribed &&
      !this.#confirmations.pending &&
      performance.now() - this.#heardAt < SILENT_MS
    )
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#ticker)
    this.#listeners.clear()
    for (const link of [this.#publisher, this.#subscriber]) link.disconnect()
  }

  #channelOf(room: RoomId): string {
    return `${this.#prefix}:news:${room}`
  }

  get #probeChannel(): string {
    return `${this.#prefix}:probe:${this.#id}`
  }

  #roomOf(channel: string): RoomId {
    return Number(channel.slice(channel.lastIndexOf(':') + 1)) as RoomId
  }

  readonly #onMessage = (channel: string, text: string): void => {
    if (channel === this.#probeChannel) {
      this.#heardAt = performance.now()
      return
    }
    if (isNewsBy(this.#id, text)) return
    const news = decodeNews(text)
    if (news) this.#listeners.tell(this.#roomOf(channel), news)
  }

  async #subscribeTo(rooms: readonly RoomId[]): Promise<void> {
    if (this.#subscriber.status !== 'ready' || rooms.length === 0) return
    try {
      await this.#subscriber.subscribe(...rooms.map((room) => this.#channelOf(room)))
      for (const room of rooms) if (this.#listeners.has(room)) this.#confirmations.confirm(room)
    } catch {
      // A connection that does not answer is made anew, and with it all subscriptions.
      this.#renew(this.#subscriber)
    }
  }

  #unsubscribe(room: RoomId, listener: NewsListener): void {
    if (!this.#listeners.remove(room, listener)) return
    this.#confirmations.withdraw(room)
    if (this.#subscriber.status === 'ready') this.#subscriber.unsubscribe(this.#channelOf(room)).catch(ignore)
  }

  async #resubscribe(): Promise<void> {
    try {
      await this.#subscriber.subscribe(this.#probeChannel)
    } catch {
      return this.#renew(this.#subscriber)
    }
    const rooms = this.#listeners.rooms()
    for (let start = 0; start < rooms.length; start += AT_ONCE) {
      await this.#subscribeTo(rooms.slice(start, start + AT_ONCE).filter((room) => this.#listeners.has(room)))
    }
    this.#resubscribed = this.#subscriber.status === 'ready'
    this.#probe()
  }

  readonly #tick = (): void => {
    const connected = this.connected()
    if (connected !== this.#wasConnected)
      this.#logger.warn({ connected }, 'the connection to Redis has changed')
    this.#wasConnected = connected
    this.#probe()
    const now = performance.now()
    if (now - Math.max(this.#heardAt, this.#renewedAt) < DEAF_MS) return
    this.#renewedAt = now
    this.#renew(this.#publisher)
    this.#renew(this.#subscriber)
  }

  readonly #probe = (): void => {
    if (this.#publisher.status === 'ready') this.#publisher.publish(this.#probeChannel, '').catch(ignore)
  }

  #renew(link: Redis): void {
    if (!this.#closed && link.status !== 'reconnecting') link.disconnect(true)
  }
}

const ignore = (): void => {}
