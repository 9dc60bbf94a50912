import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../logger.ts'
import type { Backlog } from './backlog.ts'
import { SpoolLink, type SpoolRedis } from './spool-link.ts'
import type { Fate } from './spooled-post.ts'
import { type Handed, StreamDrainer } from './stream-drainer.ts'

/** Milliseconds between tries while what was handed out cannot be stored. */
const PAUSE_MS = 250
const LONGEST_PAUSE_MS = 1000

interface Parts {
  readonly open: (name: string) => SpoolRedis
  readonly prefix: string
  readonly backlog: Backlog
  readonly logger: Logger
  /** Stores posts of any rooms in their order; answers each in its place, and never rejects. */
  readonly deliver: (posts: readonly Handed[]) => Promise<readonly Fate[]>
}

/** Drains whichever streams have something and are nobody else's, until they are empty. */
export class Drainers {
  readonly #parts: Parts
  readonly #link: SpoolLink
  /** Also tells an operator who looks at a lease which process it is. */
  readonly #node = `${process.pid}-${randomUUID()}`
  readonly #tries = new Map<string, number>()
  readonly #running = new Map<number, Promise<void>>()
  readonly #closing = new AbortController()
  /** For the figures of an operator. */
  readonly counts = { drained: 0, parked: 0 }

  constructor(parts: Parts) {
    this.#parts = parts
    this.#link = new SpoolLink(parts.open('halley-drain'))
    parts.backlog.onStreams((streams) => {
      for (const stream of streams) this.#begin(stream)
    })
  }

  /** Begins nothing new; resolves when what was handed out is settled. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all(this.#running.values())
    this.#link.close()
  }

  #begin(stream: number): void {
    if (this.#closing.signal.aborted || this.#running.has(stream)) return
    const running = this.#drain(stream)
      .catch((err: unknown) =>
        this.#parts.logger.debug({ err, stream }, 'a stream of the spool waits for Redis'),
      )
      .finally(() => this.#running.delete(stream))
    this.#running.set(stream, running)
  }

  async #drain(stream: number): Promise<void> {
    const { prefix, deliver } = this.#parts
    const taken = { prefix, stream, node: this.#node, tries: this.#tries }
    const drainer = await StreamDrainer.take(this.#link, taken)
    if (!drainer) return
    try {
      for (let pause = PAUSE_MS; !this.#closing.signal.aborted; ) {
        const drained = await drainer.chunk(deliver)
        if (typeof drained === 'string') return
        this.counts.drained += drained.settled - drained.parked.length
        this.#tellOf(stream, drained.parked)
        pause = drained.left === 0 ? PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pause * 1.5)
        if (drained.left > 0) await sleep(pause, undefined, { signal: this.#closing.signal }).catch(() => {})
      }
    } finally {
      await drainer.release()
    }
  }

  #tellOf(stream: number, parked: readonly Handed[]): void {
    this.counts.parked += parked.length
    for (const { room, id } of parked)
      this.#parts.logger.error({ room, id, stream }, 'a queued post could not be stored and was put aside')
  }
}
