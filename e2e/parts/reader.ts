import { setTimeout as sleep } from 'node:timers/promises'
import { HEARTBEAT_MS, type ItemsPage, type ServerFrame } from '@halley/shared'
import { CONNECTIONS, type Transport } from './connections.ts'
import { type Applied, KnownRoom } from './known-room.ts'

/** Looks on while a reader follows. `begunAt` is when the page or connection was asked for, by `performance.now()`. */
export interface Witness {
  /** The reader has begun anew from these. */
  readPages(pages: readonly ItemsPage[], begunAt: number): void
  /** Before the reader makes anything of it. */
  hears(frame: ServerFrame, begunAt: number): void
  /** The reader has made of it what there was to make. */
  heard(frame: ServerFrame, applied: Applied): void
}

export interface ReaderSettings {
  /** Asked again for each connection, so that a reader can come back elsewhere. */
  readonly url: () => string
  readonly room: string
  readonly transport: Transport
  readonly token?: string
  readonly view?: 'staff'
  readonly name?: string
  readonly witness?: (known: KnownRoom) => Witness
}

/** A connection over which nothing was heard for so long is given up, as the widget does. */
const SILENCE_MS = 2 * HEARTBEAT_MS

/** Somebody who follows a room and comes back with their position whenever the connection ends. */
export class Reader {
  readonly known = new KnownRoom()
  /** Every frame, in order; for tests that look at the wire itself. */
  readonly frames: ServerFrame[] = []
  connections = 0
  /** Why the last connection ended, where that was an error. */
  problem: unknown
  /** Connections that were given up because nothing was heard any more. */
  silences = 0
  readonly #settings: ReaderSettings
  readonly #witness: Witness | undefined
  readonly #stop = new AbortController()
  readonly #running: Promise<void>

  constructor(settings: ReaderSettings) {
    this.#settings = settings
    this.#witness = settings.witness?.(this.known)
    this.#running = this.#follow()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  get polls(): boolean {
    return this.#settings.transport === 'poll'
  }

  get name(): string {
    return this.#settings.name ?? `the reader by ${this.#settings.transport}`
  }

  async #follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        if (this.known.position === undefined) await this.#begin()
        await this.#connect()
      } catch (error) {
        this.problem = error
        await sleep(5 + Math.random() * 40)
      }
    }
  }

  async #begin(): Promise<void> {
    const begunAt = performance.now()
    const pages = await this.#readPages()
    this.known.begin(pages)
    this.#witness?.readPages(pages, begunAt)
  }

  /** One connection, until it ends, falls silent, or the room has to be joined anew. */
  async #connect(): Promise<void> {
    const { url, room, transport, token, view } = this.#settings
    const again = new AbortController()
    const join = { room, since: this.known.position, token, view }
    const begunAt = performance.now()
    let refused = false
    const silent = setTimeout(() => {
      this.silences += 1
      again.abort()
    }, SILENCE_MS)
    const hear = (frame: ServerFrame): void => {
      if (again.signal.aborted) return
      silent.refresh()
      this.frames.push(frame)
      if (this.frames.length > 100_000) this.frames.splice(0, 50_000)
      this.#witness?.hears(frame, begunAt)
      const applied = this.known.apply(frame)
      this.#witness?.heard(frame, applied)
      if (applied === 'again') again.abort()
      if (frame.type !== 'error') return
      refused = true
      this.problem = JSON.stringify(frame)
      again.abort()
    }
    this.connections += 1
    try {
      await CONNECTIONS[transport](url(), join, hear, AbortSignal.any([again.signal, this.#stop.signal]))
    } catch (error) {
      if (!again.signal.aborted) throw error
    } finally {
      clearTimeout(silent)
    }
    if (refused) await sleep(50 + Math.random() * 100)
    else if (transport !== 'poll') await sleep(1)
  }

  async #readPages(): Promise<ItemsPage[]> {
    const { url, room, token, view } = this.#settings
    const pages: ItemsPage[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query = new URLSearchParams({
        limit: '200',
        ...(cursor && { before: cursor }),
        ...(view && { view }),
      })
      const answer = await fetch(`${url()}/v1/rooms/${room}/items?${query}`, {
        headers: token ? { authorization: token } : {},
        signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(10_000)]),
      })
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
      const page = (await answer.json()) as ItemsPage
      pages.push(page)
      cursor = page.older
    }
    return pages
  }
}
