import type { Bus } from '../bus/bus.ts'
import type { LogReader } from '../log/log.ts'
import type { Channel } from './channel.ts'

const CHUNK = 1000
/** However many ask, the log is read no more often than this. */
const REST_MS = 5
/** For so long after a process fell silent heads are read as without the bus: it may be cut off and go on writing. */
const DOUBT_MS = 60_000

interface Asked {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * Reads the heads of rooms from the log, whatever the bus says: for all rooms in a steady beat, and for one whenever
 * somebody has to be sure. One query at a time, for all who asked before it began.
 */
export class HeadWatch {
  readonly #log: Pick<LogReader, 'heads'>
  readonly #bus: Pick<Bus, 'connected' | 'lostAt'>
  readonly #everyMs: number
  readonly #withoutBusMs: number
  #asked = new Map<Channel, Asked>()
  #reading = false
  #readAt = Number.NEGATIVE_INFINITY
  #readAllAt = 0
  #wasConnected = false
  #cutAt = Number.NEGATIVE_INFINITY
  #knownLoss = Number.NEGATIVE_INFINITY
  #doubtedAt = Number.NEGATIVE_INFINITY
  /** When the head was read that each channel has learnt last. */
  readonly #learntAt = new WeakMap<Channel, number>()

  constructor(parts: {
    log: Pick<LogReader, 'heads'>
    bus: Pick<Bus, 'connected' | 'lostAt'>
    everyMs: number
    withoutBusMs: number
  }) {
    this.#log = parts.log
    this.#bus = parts.bus
    this.#everyMs = parts.everyMs
    this.#withoutBusMs = parts.withoutBusMs
  }

  get #lostAt(): number {
    return this.#bus.lostAt?.() ?? Number.NEGATIVE_INFINITY
  }

  /** Resolves when the channel knows a head that was read after this call. */
  confirm(channel: Channel): Promise<void> {
    let asked = this.#asked.get(channel)
    if (!asked) {
      asked = Promise.withResolvers<void>()
      this.#asked.set(channel, asked)
      if (!this.#reading) void this.#read()
    }
    return asked.promise
  }

  /**
   * Whether all that happened since the channel's last look at the log can have come by the bus. Where the log cannot
   * be read, nothing else tells that text in the channel's memory was not taken back elsewhere.
   */
  isFollowed(channel: Channel): boolean {
    const cutAt = Math.max(this.#cutAt, this.#lostAt)
    return this.#bus.connected() && (this.#learntAt.get(channel) ?? cutAt) > cutAt
  }

  /** The channel has begun with what is as good as a look at the log. */
  follow(channel: Channel): void {
    this.#learntAt.set(channel, performance.now())
  }

  /** Another process fell silent: what it writes may not come by the bus. */
  doubt(now: number): void {
    this.#doubtedAt = now
  }

  /** To be called often: confirms all channels when that is due. */
  tick(channels: () => Channel[], now: number, onFailure: (error: unknown) => void): void {
    const connected = this.#bus.connected()
    // What came while the bus came back was heard by nobody, also where it was away between two calls.
    const isBack = connected && (!this.#wasConnected || this.#lostAt > this.#knownLoss)
    this.#wasConnected = connected
    if (connected) this.#knownLoss = this.#lostAt
    if (!connected) this.#cutAt = now
    const isSure = connected && now - this.#doubtedAt >= DOUBT_MS
    const every = isSure ? this.#everyMs : this.#withoutBusMs
    if (now - this.#readAllAt < every && !isBack) return
    this.#readAllAt = now
    Promise.all(channels().map((channel) => this.confirm(channel))).catch(onFailure)
  }

  async #read(): Promise<void> {
    this.#reading = true
    // Whoever asks in this turn is asked for together.
    await Promise.resolve()
    while (this.#asked.size > 0) {
      const rest = this.#readAt + REST_MS - performance.now()
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest))
      this.#readAt = performance.now()
      const chunk = [...this.#asked].slice(0, CHUNK)
      for (const [channel] of chunk) this.#asked.delete(channel)
      await this.#readChunk(chunk)
    }
    this.#reading = false
  }

  async #readChunk(chunk: [Channel, Asked][]): Promise<void> {
    const known = chunk.map(([channel]) => channel.head)
    const now = performance.now()
    try {
      const heads = await this.#log.heads(chunk.map(([channel]) => channel.id))
      chunk.forEach(([channel, asked], index) => {
        const head = heads.get(channel.id)
        this.#learntAt.set(channel, now)
        if (head) channel.learn(head, known[index] as typeof head)
        else channel.vanish()
        asked.resolve()
      })
    } catch (error) {
      for (const [, asked] of chunk) asked.reject(error)
    }
  }
}
