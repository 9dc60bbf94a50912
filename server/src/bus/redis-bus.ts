import { randomUUID } from 'node:crypto'
import { Cluster } from 'ioredis'
import type { Logger } from 'pino'
import { openRedis, REDIS_DEADLINE_MS, type RedisClient, reached } from '../db/open-redis.ts'
import { showNumber } from '../metrics/live-numbers.ts'
import type { RoomId } from '../rooms/room.ts'
import { Announcer } from './announcer.ts'
import type { Bus, NewsListener, RoomNews, Subscription } from './bus.ts'
import { Confirmations } from './confirmations.ts'
import { decodeNews, isNewsBy } from './encode-news.ts'
import { Listeners } from './listeners.ts'
import { RedisWindows } from './redis-windows.ts'
import { RoomNames } from './room-names.ts'
import { Shards } from './shards.ts'

const PROBE_MS = 250
/** A connection whose probes nobody hears for so long is made anew. */
const DEAF_MS = 2500

/**
 * News over Redis pub/sub, sharded where it is a Cluster, with the newest of each room kept there. Listeners of this
 * process never wait for Redis.
 */
export class RedisBus implements Bus {
  readonly windows: RedisWindows
  readonly #listeners = new Listeners()
  readonly #id = randomUUID()
  readonly #logger: Pick<Logger, 'warn'>
  readonly #names: RoomNames
  readonly #client: RedisClient
  readonly #announcer: Announcer
  readonly #shards: Shards
  readonly #ticker: NodeJS.Timeout
  readonly #confirmations = new Confirmations(REDIS_DEADLINE_MS)
  readonly #hideLag: () => void
  #wasConnected = true
  readonly #openedAt = performance.now()
  #connectedAt = this.#openedAt

  /** `prefix` keeps deployments that share a Redis apart. */
  constructor(parts: { url: string; prefix: string; logger: Pick<Logger, 'warn'> }) {
    this.#logger = parts.logger
    this.#names = new RoomNames(parts.prefix)
    this.#client = openRedis(parts.url, 'halley-publish', { together: true })
    // What goes wrong shows in `connected`, which is logged when it changes.
    this.#client.on('error', () => {})
    const cluster = this.#client instanceof Cluster ? this.#client : undefined
    this.windows = new RedisWindows(this.#client, this.#names, cluster ? 'SPUBLISH' : 'PUBLISH')
    this.#announcer = new Announcer({
      by: this.#id,
      client: this.#client,
      windows: this.windows,
      names: this.#names,
      sharded: cluster !== undefined,
    })
    this.#shards = new Shards({
      url: parts.url,
      id: this.#id,
      names: this.#names,
      cluster,
      rooms: () => this.#listeners.rooms(),
      isWanted: (room) => this.#listeners.has(room),
      hear: this.#hear,
      confirm: (room) => this.#confirmations.confirm(room),
      withdraw: (room) => this.#confirmations.withdraw(room),
    })
    this.#client.on('ready', this.#tick)
    this.#hideLag = showNumber('bus_lag_seconds', () =>
      this.connected() ? this.#shards.lagMs / 1000 : undefined,
    )
    this.#ticker = setInterval(this.#tick, PROBE_MS)
  }

  publish(room: RoomId, news: RoomNews): void {
    this.#listeners.tell(room, news)
    this.#announcer.announce(room, news)
  }

  subscribe(room: RoomId, listener: NewsListener): Subscription {
    if (this.#listeners.add(room, listener)) this.#shards.add(room)
    return { ready: this.#confirmations.wait(room), end: () => this.#unsubscribe(room, listener) }
  }

  /** A subscription that is not confirmed yet says nothing of the others: whoever made it waits for it. */
  connected(): boolean {
    return this.#shards.connected
  }

  lostAt(): number {
    return this.#shards.lostAt
  }

  /** Resolves when news can be sent, or at the deadline. For processes that publish at once and end. */
  async reached(): Promise<void> {
    await reached(this.#client)
  }

  /** Resolves when what was published so far has reached Redis, or is lost. */
  flushed(): Promise<void> {
    return this.#announcer.flushed()
  }

  /** What was published is sent before, where Redis answers. */
  async close(): Promise<void> {
    clearInterval(this.#ticker)
    this.#hideLag()
    this.#listeners.clear()
    this.#shards.close()
    await this.flushed()
    this.#client.disconnect()
  }

  #unsubscribe(room: RoomId, listener: NewsListener): void {
    if (this.#listeners.remove(room, listener)) this.#shards.remove(room)
  }

  readonly #hear = (channel: string, text: string): void => {
    if (isNewsBy(this.#id, text)) return
    const news = decodeNews(text)
    if (news) this.#listeners.tell(this.#names.roomOf(channel), news)
  }

  readonly #tick = (): void => {
    const now = performance.now()
    const connected = this.connected()
    // At the beginning it takes a moment, which is nobody's trouble.
    if (connected || now - this.#openedAt >= REDIS_DEADLINE_MS) {
      if (connected !== this.#wasConnected)
        this.#logger.warn({ connected }, 'the connection to Redis has changed')
      this.#wasConnected = connected
    }
    if (connected) this.#connectedAt = now
    else this.#renew(now)
    for (const channel of this.#shards.probeChannels) this.#announcer.tell(channel, `${now}`)
    this.#announcer.settle()
    this.#shards.tick(now)
  }

  /** What hears nothing may be what sends nothing. A Cluster's connection follows its nodes by itself. */
  #renew(now: number): void {
    if (now - this.#connectedAt < DEAF_MS || this.#client instanceof Cluster) return
    this.#connectedAt = now
    if (this.#client.status !== 'reconnecting') this.#client.disconnect(true)
  }
}
