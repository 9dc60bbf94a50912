import type { RoomId } from '../rooms/room.ts'
import type { Bus, NewsListener, RoomNews, Subscription } from './bus.ts'
import { Listeners } from './listeners.ts'

/** The bus of a deployment of one process: nothing is lost because nothing travels. */
export class MemoryBus implements Bus {
  readonly #listeners = new Listeners()

  publish(room: RoomId, news: RoomNews): void {
    this.#listeners.tell(room, news)
  }

  subscribe(room: RoomId, listener: NewsListener): Subscription {
    this.#listeners.add(room, listener)
    return { ready: Promise.resolve(), end: () => void this.#listeners.remove(room, listener) }
  }

  connected(): boolean {
    return true
  }

  async close(): Promise<void> {
    this.#listeners.clear()
  }
}
