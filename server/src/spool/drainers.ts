import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '../logger.ts'
import type { Backlog } from './backlog.ts'
import { SpoolLink, type SpoolRedis } from './spool-link.ts'
import type { Fate } from './spooled-post.ts'
import { type Handed, StreamDrainer } from './stream-drainer.ts'

/** Milliseconds between tries while what was handed out cannot be stored. */
const PAUSE_MS = 250
/** And for which a stream is left to others of which a whole pass could store nothing. */
const REST_MS = 1000

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
    const { signal } = this.#closing
    let isStuck = false
    let settled = 0
    try {
      while (!signal.aborted && !isStuck) {
        const drained = await drainer.chunk(deliver)
        if (typeof drained === 'string') return
        this.counts.drained += drained.settled - drained.parked.length
        this.#tellOf(stream, drained.parked)
        settled += drained.settled
        isStuck = drained.over && settled === 0
        if (drained.over) settled = 0
        if (drained.left > 0 && !isStuck) await sleep(PAUSE_MS, undefined, { signal }).catch(() => {})
      }
    } finally {
      await drainer.release()
    }
    // What this process cannot store just now another one may: Postgres may be away for this one alone.
    if (isStuck) await sleep(REST_MS, undefined, { signal }).catch(() => {})
  }

  #tellOf(stream: number, parked: readonly Handed[]): void {
    this.counts.parked += parked.length
    for (const { room, id } of parked)
      this.#parts.logger.error({ room, id, stream }, 'a queued post could not be stored and was put aside')
  }
}
