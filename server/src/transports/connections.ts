import { setTimeout as sleep } from 'node:timers/promises'
import { type Transport, traffic } from '../metrics/traffic.ts'
import { Problem } from '../problem.ts'

/** A socket, a stream or a waiting poll. */
export interface Connection {
  readonly transport: Transport
  /** About once a second; `now` in milliseconds of `performance.now()`. */
  tick(now: number): void
  /** Tells the reader to come back after about this long; a poll that answers is over with that. */
  goAway(afterMs: number): void
  /** In order, after which the reader comes back. */
  end(): void
  destroy(): void
}

/** How long a connection that was ended may take for its last bytes. */
const LAST_BYTES_MS = 2000
const STEP_MS = 50
/** Those who are sent away in one step do not arrive elsewhere in one instant. */
const SPREAD_MS = 1000
/**
 * So long after that readers go on hearing of everything here, so that they can open the next connection before this
 * one ends: widgets wait up to a second longer than they are told to.
 */
const OVERLAP_MS = 4000

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
    if (this.#leaving) {
      connection.goAway(spreadMs())
      connection.end()
    }
  }

  delete(connection: Connection): void {
    if (this.#open.delete(connection)) traffic.connections[connection.transport] -= 1
  }

  /**
   * Sends all away, evenly over `windowMs`, and resolves when nothing is open: some seconds later, for each is kept
   * until it can have another connection. Without a window nobody is. Asked again, it is the same going.
   */
  goAway(windowMs: number): Promise<void> {
    this.#leaving ??= this.#leave(windowMs)
    return this.#leaving
  }

  /** Cuts the window short. */
  hurry(): void {
    this.#hurried = true
  }

  async #leave(windowMs: number): Promise<void> {
    await this.#sendAway([...this.#open], windowMs)
    clearInterval(this.#timer)
    const end = performance.now() + LAST_BYTES_MS
    while (this.#open.size > 0 && performance.now() < end && !this.#hurried) await sleep(10)
    for (const connection of [...this.#open]) {
      connection.destroy()
      this.delete(connection)
    }
  }

  async #sendAway(queue: Connection[], windowMs: number): Promise<void> {
    const began = performance.now()
    const keptMs = windowMs > 0 ? SPREAD_MS + OVERLAP_MS : 0
    const told = new Evenly(queue, (connection) => connection.goAway(spreadMs()))
    const ended = new Evenly(queue, (connection) => connection.end())
    while (!ended.done && this.#open.size > 0) {
      const passed = this.#hurried ? Number.POSITIVE_INFINITY : performance.now() - began
      told.upTo(passed >= windowMs ? 1 : passed / windowMs)
      const leaving = passed - keptMs
      ended.upTo(leaving >= windowMs ? 1 : Math.max(0, leaving / windowMs))
      if (!ended.done) await sleep(STEP_MS)
    }
  }

  #tick(): void {
    const now = performance.now()
    for (const connection of this.#open) connection.tick(now)
  }
}

/** Does something to one after the other. */
class Evenly {
  readonly #queue: readonly Connection[]
  readonly #act: (connection: Connection) => void
  #next = 0

  constructor(queue: readonly Connection[], act: (connection: Connection) => void) {
    this.#queue = queue
    this.#act = act
  }

  get done(): boolean {
    return this.#next === this.#queue.length
  }

  /** To this share of them, from 0 to 1, less those who had it before. */
  upTo(share: number): void {
    for (; this.#next < this.#queue.length * share; this.#next += 1)
      this.#act(this.#queue[this.#next] as Connection)
  }
}

function spreadMs(): number {
  return Math.floor(Math.random() * SPREAD_MS)
}
