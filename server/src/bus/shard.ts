import type { Redis } from 'ioredis'
import type { RoomId } from '../rooms/room.ts'

/** Whoever has not heard their own probe for so long counts as cut off, and after a while connects anew. */
const SILENT_MS = 1000
const DEAF_MS = 2500
const AT_ONCE = 500

export interface ShardParts {
  /** A connection of its own, which this closes. */
  readonly link: Redis
  /** Channels belong to slots of a Cluster. */
  readonly sharded: boolean
  readonly probeChannel: string
  readonly channelOf: (room: RoomId) => string
  /** The rooms that are to be listened to here, as of now. */
  readonly rooms: () => RoomId[]
  readonly isWanted: (room: RoomId) => boolean
  readonly hear: (channel: string, text: string) => void
  readonly confirm: (room: RoomId) => void
  readonly withdraw: (room: RoomId) => void
  /** What was heard by it may not be heard any more. */
  readonly lost: () => void
}

/**
 * The subscriptions of this process to one Redis, which may be one master of a Cluster. Whether it delivers is found
 * out end to end: a subscription may answer PING and deliver nothing, so a probe is sent and has to come back.
 */
export class Shard {
  readonly probeChannel: string
  /** How long the last probe took, there and back. */
  lagMs = 0
  readonly #parts: ShardParts
  readonly #subscribed = new Set<RoomId>()
  #heardAt = Number.NEGATIVE_INFINITY
  #renewedAt = performance.now()
  #complete = false
  #closed = false

  constructor(parts: ShardParts) {
    this.#parts = parts
    this.probeChannel = parts.probeChannel
    const { link } = parts
    // What goes wrong shows in `connected`.
    link.on('error', () => {})
    link.on('ready', () => void this.#begin())
    link.on('close', this.#forget)
    link.on(parts.sharded ? 'smessage' : 'message', (channel: string, text: string) => {
      if (channel === this.probeChannel) this.#heardProbe(Number(text))
      else parts.hear(channel, text)
    })
  }

  get connected(): boolean {
    return this.#isReady && this.#complete && performance.now() - this.#heardAt < SILENT_MS
  }

  #heardProbe(sentAt: number): void {
    this.#heardAt = performance.now()
    this.lagMs = this.#heardAt - sentAt
  }

  add(room: RoomId): void {
    void this.#subscribe([room])
  }

  remove(room: RoomId): void {
    this.#parts.withdraw(room)
    if (!this.#subscribed.delete(room) || !this.#isReady) return
    const { link, sharded, channelOf } = this.#parts
    const ended = sharded ? link.sunsubscribe(channelOf(room)) : link.unsubscribe(channelOf(room))
    ended.catch(() => {})
  }

  /** To be called often: what does not deliver is made anew. */
  tick(now: number): void {
    if (now - Math.max(this.#heardAt, this.#renewedAt) >= DEAF_MS) this.renew()
  }

  renew(): void {
    this.#renewedAt = performance.now()
    if (!this.#closed && this.#parts.link.status !== 'reconnecting') this.#parts.link.disconnect(true)
  }

  close(): void {
    this.#closed = true
    this.#forget()
    this.#parts.link.disconnect()
  }

  get #isReady(): boolean {
    return !this.#closed && this.#parts.link.status === 'ready'
  }

  readonly #forget = (): void => {
    this.#complete = false
    this.#heardAt = Number.NEGATIVE_INFINITY
    this.#parts.lost()
    for (const room of this.#subscribed) this.#parts.withdraw(room)
    this.#subscribed.clear()
  }

  async #begin(): Promise<void> {
    try {
      await this.#listen([this.probeChannel])
    } catch {
      return this.renew()
    }
    const rooms = this.#parts.rooms()
    for (let start = 0; start < rooms.length; start += AT_ONCE) {
      await this.#subscribe(rooms.slice(start, start + AT_ONCE).filter(this.#parts.isWanted))
    }
    this.#complete = this.#isReady
  }

  async #subscribe(rooms: readonly RoomId[]): Promise<void> {
    if (!this.#isReady || rooms.length === 0) return
    for (const room of rooms) this.#subscribed.add(room)
    try {
      await this.#listen(rooms.map(this.#parts.channelOf))
      for (const room of rooms) if (this.#subscribed.has(room)) this.#parts.confirm(room)
    } catch {
      // A connection that does not answer, or not for this slot, is made anew, and with it all subscriptions.
      this.renew()
    }
  }

  async #listen(channels: readonly string[]): Promise<void> {
    const { link, sharded } = this.#parts
    if (!sharded) await link.subscribe(...channels)
    // Channels of different slots cannot be named in one command.
    else await Promise.all(channels.map((channel) => link.ssubscribe(channel)))
  }
}
