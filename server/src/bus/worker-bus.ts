import type { RoomId } from '../rooms/room.ts'
import type { Bus, NewsListener, RoomNews, Subscription } from './bus.ts'
import { Confirmations } from './confirmations.ts'
import { decodeNews, encodeNews } from './encode-news.ts'
import type { IpcPort, NewsMessage } from './ipc-port.ts'
import { Listeners } from './listeners.ts'

const DEADLINE_MS = 1000

/** News between the workers of one node without Redis, by way of their primary process. */
export class WorkerBus implements Bus {
  readonly #port: IpcPort
  readonly #listeners = new Listeners()
  readonly #confirmations = new Confirmations(DEADLINE_MS)
  /** The newest subscription of each room: an answer to an earlier one, which was ended since, says nothing. */
  readonly #asked = new Map<RoomId, number>()
  readonly #by = `${process.pid}`
  #asks = 0

  constructor(port: IpcPort) {
    this.#port = port
    port.onMessage(this.#onMessage)
    port.onEnd(() => this.#confirmations.withdrawAll())
  }

  publish(room: RoomId, news: RoomNews): void {
    this.#listeners.tell(room, news)
    this.#port.send({ type: 'news', room, text: encodeNews(this.#by, news) })
  }

  subscribe(room: RoomId, listener: NewsListener): Subscription {
    if (this.#listeners.add(room, listener)) {
      this.#asks += 1
      this.#asked.set(room, this.#asks)
      this.#port.send({ type: 'subscribe', room, ask: this.#asks })
    }
    return { ready: this.#confirmations.wait(room), end: () => this.#unsubscribe(room, listener) }
  }

  connected(): boolean {
    return this.#port.connected && !this.#confirmations.pending
  }

  async close(): Promise<void> {
    for (const room of this.#listeners.rooms()) this.#port.send({ type: 'unsubscribe', room })
    this.#listeners.clear()
    this.#asked.clear()
  }

  readonly #onMessage = (message: NewsMessage): void => {
    if (message.type === 'subscribed') {
      if (this.#asked.get(message.room) === message.ask) this.#confirmations.confirm(message.room)
    } else if (message.type === 'news') {
      const news = decodeNews(message.text)
      if (news) this.#listeners.tell(message.room, news)
    }
  }

  #unsubscribe(room: RoomId, listener: NewsListener): void {
    if (!this.#listeners.remove(room, listener)) return
    this.#asked.delete(room)
    this.#confirmations.withdraw(room)
    this.#port.send({ type: 'unsubscribe', room })
  }
}
