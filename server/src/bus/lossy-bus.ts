import type { RoomId } from '../rooms/room.ts'
import type { Bus, NewsListener, RoomNews, Subscription } from './bus.ts'
import { seededRandom } from './seeded-random.ts'

export interface Losses {
  readonly seed: number
  /** Share of news that is never heard, and share that is heard twice. */
  readonly drop: number
  readonly repeat: number
  /** News is heard up to so many milliseconds late, each for itself, so that it changes places. */
  readonly delayMs: number
}

const USUAL: Losses = { seed: 1, drop: 0.2, repeat: 0.1, delayMs: 40 }

/** For tests: does to another bus everything that a bus may do. The same seed does the same. */
export class LossyBus implements Bus {
  readonly #bus: Bus
  readonly #losses: Losses
  readonly #random: () => number
  readonly #late = new Set<NodeJS.Timeout>()
  /** While true nothing at all is heard, and it is known. */
  away = false

  constructor(bus: Bus, losses: Partial<Losses> = {}) {
    this.#bus = bus
    this.#losses = { ...USUAL, ...losses }
    this.#random = seededRandom(this.#losses.seed)
  }

  publish(room: RoomId, news: RoomNews): void {
    if (this.away || this.#random() < this.#losses.drop) return
    const times = this.#random() < this.#losses.repeat ? 2 : 1
    for (let time = 0; time < times; time++) {
      const timer = setTimeout(() => {
        this.#late.delete(timer)
        if (!this.away) this.#bus.publish(room, news)
      }, this.#random() * this.#losses.delayMs)
      this.#late.add(timer)
    }
  }

  subscribe(room: RoomId, listener: NewsListener): Subscription {
    return this.#bus.subscribe(room, listener)
  }

  connected(): boolean {
    return !this.away && this.#bus.connected()
  }

  lostAt(): number {
    return this.#bus.lostAt?.() ?? Number.NEGATIVE_INFINITY
  }

  async close(): Promise<void> {
    for (const timer of this.#late) clearTimeout(timer)
    await this.#bus.close()
  }
}
