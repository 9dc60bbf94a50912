import type { RoomId } from '../rooms/room.ts'
import type { NewsListener, RoomNews } from './bus.ts'

/** Who listens to which room in this process. */
export class Listeners {
  readonly #byRoom = new Map<RoomId, Set<NewsListener>>()

  /** True where it is the first of its room. */
  add(room: RoomId, listener: NewsListener): boolean {
    const present = this.#byRoom.get(room)
    if (present) {
      present.add(listener)
      return false
    }
    this.#byRoom.set(room, new Set([listener]))
    return true
  }

  /** True where it was the last of its room. */
  remove(room: RoomId, listener: NewsListener): boolean {
    const present = this.#byRoom.get(room)
    if (!present?.delete(listener) || present.size > 0) return false
    this.#byRoom.delete(room)
    return true
  }

  tell(room: RoomId, news: RoomNews): void {
    const present = this.#byRoom.get(room)
    if (present) for (const listener of [...present]) if (present.has(listener)) listener(news)
  }

  has(room: RoomId): boolean {
    return this.#byRoom.has(room)
  }

  rooms(): RoomId[] {
    return [...this.#byRoom.keys()]
  }

  clear(): void {
    this.#byRoom.clear()
  }
}
