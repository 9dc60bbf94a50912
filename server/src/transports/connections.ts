import { setTimeout as sleep } from 'node:timers/promises'
import { type Transport, traffic } from '../metrics/traffic.ts'
import { Problem } from '../problem.ts'

/** A socket, a stream or a waiting poll. */
export interface Connection {
  readonly transport: Transport
  /** About once a second; `now` in milliseconds of `performance.now()`. */
  tick(now: number): void
  /** Tells the reader to come back after about this long, and ends in order. */
  goAway(afterMs: number): void
  destroy(): void
}

/** How long a connection that was ended may take for its last bytes. */
const LAST_BYTES_MS = 2000
const STEP_MS = 50

/** All that is open on this node: looked after once a second, and sent away in the end. */
export class Connections {
  readonly #open = new Set<Connection>()
  readonly #timer: NodeJS.Timeout
  #leaving: Promise<void> | undefined
  #hurried = false

  constructor() {
    this.#timer = setInterval(() => this.#tick(), 1000)
    this.#timer.unref()
  }

  get size(): number {
    return this.#open.size
  }

  /** Throws `Problem` `draining` once everybody is being sent away. */
  checkOpen(): void {
    if (this.#leaving) throw new Problem('draining', undefined, 1)
  }

  add(connection: Connection): void {
    this.#open.add(connection)
    traffic.connections[connection.transport] += 1
    // It came in through the door just before the door was closed.
    if (this.#leaving) connection.goAway(spreadMs())
  }

  delete(connection: Connection): void {
    if (this.#open.delete(connection)) traffic.connections[connection.transport] -= 1
  }

  /** Sends all away, evenly over `windowMs`, and resolves when nothing is open. Asked again, it is the same going. */
  goAway(windowMs: number): Promise<void> {
    this.#leaving ??= this.#leave(windowMs)
    return this.#leaving
  }

  /** Cuts the window short. */
  hurry(): void {
    this.#hurried = true
  }

  async #leave(windowMs: number): Promise<void> {
    clearInterval(this.#timer)
    await this.#sendAway([...this.#open], windowMs)
    const end = performance.now() + LAST_BYTES_MS
    while (this.#open.size > 0 && performance.now() < end && !this.#hurried) await sleep(10)
    for (const connection of [...this.#open]) {
      connection.destroy()
      this.delete(connection)
    }
  }

  async #sendAway(queue: Connection[], windowMs: number): Promise<void> {
    const began = performance.now()
    let sent = 0
    while (sent < queue.length) {
      const passed = performance.now() - began
      const due = passed >= windowMs || this.#hurried ? queue.length : (queue.length * passed) / windowMs
      for (; sent < due; sent += 1) queue[sent]?.goAway(spreadMs())
      if (sent < queue.length) await sleep(STEP_MS)
    }
  }

  #tick(): void {
    const now = performance.now()
    for (const connection of this.#open) connection.tick(now)
  }
}

/** So that those who are sent away in one step do not arrive elsewhere in one instant. */
function spreadMs(): number {
  return Math.floor(Math.random() * 1000)
}
