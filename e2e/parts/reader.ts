import { setTimeout as sleep } from 'node:timers/promises'
import type { ItemsPage, ServerFrame } from '@halley/shared'
import { CONNECTIONS, type Transport } from './connections.ts'
import { KnownRoom } from './known-room.ts'

export interface ReaderSettings {
  /** Asked again for each connection, so that a reader can come back elsewhere. */
  readonly url: () => string
  readonly room: string
  readonly transport: Transport
  readonly token?: string
  readonly view?: 'staff'
}

/** Somebody who follows a room and comes back with their position whenever the connection ends. */
export class Reader {
  readonly known = new KnownRoom()
  /** Every frame, in order; for tests that look at the wire itself. */
  readonly frames: ServerFrame[] = []
  connections = 0
  /** Why the last connection ended, where that was an error. */
  problem: unknown
  readonly #settings: ReaderSettings
  readonly #stop = new AbortController()
  readonly #running: Promise<void>

  constructor(settings: ReaderSettings) {
    this.#settings = settings
    this.#running = this.#follow()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#running
  }

  get name(): string {
    return `the reader by ${this.#settings.transport}`
  }

  async #follow(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        if (this.known.position === undefined) this.known.begin(await this.#readPages())
        await this.#connect()
      } catch (error) {
        this.problem = error
        await sleep(5 + Math.random() * 40)
      }
    }
  }

  /** One connection, until it ends or the room has to be joined anew. */
  async #connect(): Promise<void> {
    const { url, room, transport, token, view } = this.#settings
    const again = new AbortController()
    const join = { room, since: this.known.position, token, view }
    const hear = (frame: ServerFrame): void => {
      if (again.signal.aborted) return
      this.frames.push(frame)
      if (this.known.apply(frame) === 'again') again.abort()
      if (frame.type === 'error') this.problem = frame
    }
    this.connections += 1
    try {
      await CONNECTIONS[transport](url(), join, hear, AbortSignal.any([again.signal, this.#stop.signal]))
    } catch (error) {
      if (!again.signal.aborted) throw error
    }
    if (transport !== 'poll') await sleep(1)
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
        signal: this.#stop.signal,
      })
      if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
      const page = (await answer.json()) as ItemsPage
      pages.push(page)
      cursor = page.older
    }
    return pages
  }
}
