import type { Cluster } from 'ioredis'
import { openRedisNode } from '../db/open-redis.ts'
import type { RoomId } from '../rooms/room.ts'
import type { RoomNames } from './room-names.ts'
import { Shard, type ShardParts } from './shard.ts'
import { SlotMap } from './slot-map.ts'

/** Milliseconds between looks at which master has which slots; while something is wrong they are had each tick. */
const LOOK_MS = 2000
const SINGLE = 'single'

export interface ShardsParts extends Pick<ShardParts, 'hear' | 'confirm' | 'withdraw' | 'isWanted'> {
  readonly url: string
  readonly id: string
  readonly names: RoomNames
  /** Undefined: one Redis. */
  readonly cluster: Cluster | undefined
  /** All rooms that this process listens to. */
  readonly rooms: () => RoomId[]
}

/** One subscribing connection to a single Redis, or to each master of a Cluster, wherever its slots go. */
export class Shards {
  readonly #parts: ShardsParts
  readonly #shards = new Map<string, Shard>()
  #map: SlotMap | undefined
  #lookedAt = Number.NEGATIVE_INFINITY
  #looking = false
  /** When one of them was last lost, by `performance.now`. */
  lostAt = Number.NEGATIVE_INFINITY
  #closed = false

  constructor(parts: ShardsParts) {
    this.#parts = parts
    if (!parts.cluster) this.#open(SINGLE, new URL(parts.url), '')
  }

  /** True while every one of them delivers. */
  get connected(): boolean {
    if (this.#shards.size === 0) return false
    for (const shard of this.#shards.values()) if (!shard.connected) return false
    return true
  }

  /** How long the last probes took, there and back, at the slowest of them. */
  get lagMs(): number {
    return Math.max(0, ...[...this.#shards.values()].map(({ lagMs }) => lagMs))
  }

  /** Where this process has to hear itself. */
  get probeChannels(): string[] {
    return [...this.#shards.values()].map(({ probeChannel }) => probeChannel)
  }

  add(room: RoomId): void {
    this.#shards.get(this.#keyOf(room))?.add(room)
  }

  remove(room: RoomId): void {
    this.#parts.withdraw(room)
    this.#shards.get(this.#keyOf(room))?.remove(room)
  }

  /** To be called often. */
  tick(now: number): void {
    for (const shard of this.#shards.values()) shard.tick(now)
    const { cluster } = this.#parts
    if (!cluster || this.#looking || cluster.status !== 'ready') return
    if (this.connected && now - this.#lookedAt < LOOK_MS) return
    this.#lookedAt = now
    this.#looking = true
    SlotMap.read(cluster)
      .then(this.#follow, () => {})
      .finally(() => {
        this.#looking = false
      })
  }

  close(): void {
    this.#closed = true
    for (const shard of this.#shards.values()) shard.close()
  }

  readonly #follow = (map: SlotMap): void => {
    const before = this.#map
    if (this.#closed || map.masters.size === 0) return
    this.#map = map
    for (const [key, shard] of this.#shards) {
      if (before?.agrees(map, key)) continue
      shard.close()
      this.#shards.delete(key)
    }
    for (const key of map.masters.keys()) {
      if (this.#shards.has(key)) continue
      const url = new URL(this.#parts.url.split(',')[0]?.replace('+cluster', '') as string)
      url.host = key
      this.#open(key, url, map.tagOf(key))
    }
  }

  #open(key: string, url: URL, tag: string): void {
    const { names, id, rooms } = this.#parts
    const shard = new Shard({
      ...this.#parts,
      link: openRedisNode(url, 'halley-subscribe'),
      sharded: key !== SINGLE,
      probeChannel: names.probe(id, tag),
      channelOf: (room) => names.channel(room),
      rooms: () => rooms().filter((room) => this.#keyOf(room) === key),
      lost: () => {
        this.lostAt = performance.now()
      },
    })
    this.#shards.set(key, shard)
  }

  #keyOf(room: RoomId): string {
    return this.#parts.cluster ? (this.#map?.masterOf(`{${room}}`) ?? '') : SINGLE
  }
}
