import type { RedisClient } from '../db/open-redis.ts'
import type { RoomId } from '../rooms/room.ts'
import type { EncodedChange, RoomNews } from './bus.ts'
import { decodeTold, encodeTold, newsHead } from './encode-news.ts'
import type { RoomNames } from './room-names.ts'
import {
  ANNOUNCE,
  REFILL,
  ROOM_FIELD,
  WINDOW_BYTES,
  WINDOW_CHANGES,
  WINDOW_SECONDS,
} from './window-scripts.ts'

interface Scripts {
  announce(...keysAndArguments: (string | number)[]): Promise<unknown>
  refill(...keysAndArguments: (string | number)[]): Promise<unknown>
}

/** The newest changes of each room as Redis keeps them, so that they outlive the processes that told them. */
export class RedisWindows {
  readonly #client: RedisClient
  readonly #scripts: Scripts
  readonly #names: RoomNames
  readonly #publish: 'PUBLISH' | 'SPUBLISH'

  constructor(client: RedisClient, names: RoomNames, publish: 'PUBLISH' | 'SPUBLISH') {
    this.#client = client
    this.#names = names
    this.#publish = publish
    client.defineCommand('announce', { numberOfKeys: 3, lua: ANNOUNCE })
    client.defineCommand('refill', { numberOfKeys: 2, lua: REFILL })
    this.#scripts = client as unknown as Scripts
  }

  /** Takes the news into the room's window and publishes it, in one step; rejects where Redis did neither. */
  async announce(by: string, room: RoomId, news: RoomNews, texts: readonly string[]): Promise<void> {
    const keys = [...this.#names.window(room), this.#names.channel(room)]
    const how = [this.#publish, newsHead(by, news)]
    await this.#scripts.announce(...keys, ...about(news), ...how, ...changesOf(news.changes, texts))
  }

  /** All that happened in (`after`, `to`], each item once; undefined where nothing is kept. Rejects without Redis. */
  async read(room: RoomId): Promise<RoomNews | undefined> {
    const kept = await this.#client.hgetall(this.#names.window(room)[0])
    const { '#epoch': epoch, '#head': head, '#floor': floor, '#bytes': _, ...texts } = kept
    if (epoch === undefined) return undefined
    const changes = Object.values(texts).map(decodeTold)
    if (!changes.every((change) => change !== undefined)) return undefined
    changes.sort((a, b) => a.rev - b.rev)
    return { epoch, after: Number(floor), to: Number(head), changes }
  }

  /** Puts what was read from the log before what is kept, or in its place where that is behind. */
  async refill(room: RoomId, read: RoomNews): Promise<void> {
    const texts = read.changes.map(encodeTold)
    await this.#scripts.refill(...this.#names.window(room), ...about(read), ...changesOf(read.changes, texts))
  }

  /** Forgets a room of which something was not told. */
  async drop(room: RoomId): Promise<void> {
    await this.#client.del(...this.#names.window(room))
  }
}

function about({ epoch, after, to }: RoomNews): (string | number)[] {
  return [epoch, after, to, WINDOW_CHANGES, WINDOW_BYTES, WINDOW_SECONDS]
}

function changesOf(changes: readonly EncodedChange[], texts: readonly string[]): (string | number)[] {
  return changes.flatMap(({ rev, item }, index) => [rev, item ?? ROOM_FIELD, texts[index] as string])
}
