import type { RoomId } from '../rooms/room.ts'

/** What a deployment calls things on Redis. All of one room has the same hash tag, so that it is on one shard. */
export class RoomNames {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  channel(room: RoomId): string {
    return `${this.#prefix}:news:{${room}}`
  }

  /** The room of a channel that `channel` named. */
  roomOf(channel: string): RoomId {
    return Number(channel.slice(channel.lastIndexOf('{') + 1, -1)) as RoomId
  }

  /** The texts of the window by item, and the items by rev. */
  window(room: RoomId): [texts: string, revs: string] {
    return [`${this.#prefix}:window:{${room}}`, `${this.#prefix}:revs:{${room}}`]
  }

  /** A channel on which the process `id` hears itself; `tag` decides the shard. */
  probe(id: string, tag: string): string {
    return `${this.#prefix}:probe:${id}:{${tag}}`
  }
}
