import type { RoomId } from '../rooms/room.ts'
import type { Bus, RoomNews } from './bus.ts'
import { encodeNews } from './encode-news.ts'
import type { IpcPort } from './ipc-port.ts'

/**
 * The middle of a node without Redis, in its primary process: hands the news of each worker to the others that serve
 * the room, as the text that it came as.
 */
export class NewsRelay implements Pick<Bus, 'publish'> {
  readonly #serving = new Map<RoomId, Set<IpcPort>>()

  /** A worker whose channel has closed is gone, and with it what it was subscribed to. */
  add(port: IpcPort): void {
    port.onMessage((message) => {
      if (message.type === 'news') this.#forward(message.room, message.text, port)
      else if (message.type === 'unsubscribe') this.#remove(message.room, port)
      else if (message.type === 'subscribe') {
        const { room, ask } = message
        this.#serving.set(room, (this.#serving.get(room) ?? new Set()).add(port))
        port.send({ type: 'subscribed', room, ask })
      }
    })
    port.onEnd(() => {
      for (const room of [...this.#serving.keys()]) this.#remove(room, port)
    })
  }

  /** News of the primary process itself. */
  publish(room: RoomId, news: RoomNews): void {
    this.#forward(room, encodeNews('primary', news))
  }

  #forward(room: RoomId, text: string, from?: IpcPort): void {
    for (const port of this.#serving.get(room) ?? [])
      if (port !== from) port.send({ type: 'news', room, text })
  }

  #remove(room: RoomId, port: IpcPort): void {
    const ports = this.#serving.get(room)
    if (ports?.delete(port) && ports.size === 0) this.#serving.delete(room)
  }
}
