import type { ChangeType, HeldItem, LiveItem, PostedItem } from '@halley/shared'
import type { Ask } from './api.ts'
import type { ApiError } from './api-error.ts'
import type { FeedStore } from './feed-store.ts'
import type { Outgoing, WritingActions } from './feed-view.ts'
import type { Session } from './session.ts'
import { uuidV7 } from './uuid-v7.ts'

/** A post whose end is not known is sent again by itself so often, always with the same id. */
const TRIES = 3
/** What is to go must go: a removal is tried again so often, some seconds apart. */
const REMOVALS = 30
/** After so long it is asked for what became of a queued post, and then after ever longer pauses. */
const QUEUED_MS = 3000
const MOST_MS = 60_000

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

const written = (method: string, body: object, headers?: Ask['headers'] | false): Ask => ({
  method,
  headers: { ...headers, 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** What this reader writes: posts with their way to the room, and what can be done at an item. */
export class Writing implements WritingActions {
  readonly #store: FeedStore

  constructor(store: FeedStore) {
    this.#store = store
  }

  post(text: string, name: string): void {
    const outgoing: Outgoing = { id: uuidV7(), text, name, state: 'sending' }
    this.#show([...this.#store.outbox, outgoing])
    this.#send(outgoing, 1)
  }

  retry(id: string): void {
    const outgoing = this.#store.outbox.find((each) => each.id === id)
    if (outgoing?.state !== 'failed') return
    this.#send(this.#set({ ...outgoing, state: 'sending' }), 1)
  }

  discard(id: string): void {
    this.#show(this.#store.outbox.filter((each) => each.id !== id))
  }

  remove(id: string, reason?: string): Promise<void> {
    return this.#change(id, 'removed', '', 'DELETE', { reason })
  }

  restore(id: string): Promise<void> {
    return this.#change(id, 'restored', '/restore')
  }

  edit(id: string, text: string, rev = this.#rev(id)): Promise<void> {
    return this.#change(id, 'edited', '', 'PATCH', { text }, rev)
  }

  release(id: string): Promise<void> {
    return this.#change(id, 'released', '/release', 'POST', {}, this.#rev(id))
  }

  pin(id: string): Promise<void> {
    return this.#change(id, 'pinned', '/pin')
  }

  unpin(id: string): Promise<void> {
    return this.#change(id, 'unpinned', '/unpin')
  }

  async source(id: string): Promise<string> {
    const { source, text } = await this.#store.ask<LiveItem>(
      `/items/${id}${this.#store.view === 'staff' ? '?view=staff' : ''}`,
    )
    return source ?? text
  }

  #rev(id: string): number | undefined {
    return this.#store.stretch.timeline.find(id)?.rev
  }

  /** The answer is believed at once: whoever did it sees it without waiting for the stream. */
  async #change(
    id: string,
    type: ChangeType,
    path: string,
    method = 'POST',
    body: object = {},
    rev?: number,
    tries = type === 'removed' ? REMOVALS : 0,
  ): Promise<void> {
    try {
      const { item } = await this.#store.ask<PostedItem>(
        `/items/${id}${path}`,
        // What was read is what is meant: an edit, or what lets the item through.
        written(method, body, !!rev && { 'if-match': `"${rev}"` }),
      )
      this.#store.tell({ rev: item.rev, type, item })
    } catch (error) {
      const { retry, afterMs } = error as ApiError
      if (!retry || !tries) throw error
      await pause(afterMs || 2000)
      return this.#change(id, type, path, method, body, rev, tries - 1)
    }
  }

  async #send(outgoing: Outgoing, tries: number): Promise<void> {
    const { id, text, name } = outgoing
    if (!this.#waits(id)) return
    try {
      await this.#identify(id)
      const author = this.#store.identity.signedIn || !name ? {} : { author: { name } }
      const answer = await this.#store.ask<PostedItem | HeldItem>(
        '/items',
        written('POST', { id, text, ...author }),
      )
      const item = 'item' in answer ? answer.item : await this.#whenStored(answer)
      if ('status' in item || (item as LiveItem).held) this.#set({ ...outgoing, state: 'held' })
      else {
        // The room may have shown it long before this answer came, or have taken it down already.
        this.#store.tell({ rev: item.rev, type: 'posted', item })
        this.discard(id)
      }
    } catch (error) {
      this.#failed(outgoing, error as ApiError, tries)
    }
  }

  /** What becomes of a post that is queued, asked for until it is known or nobody waits for it. Rejects where it was refused. */
  async #whenStored(queued: HeldItem): Promise<HeldItem | LiveItem> {
    const { id } = queued
    let answer: HeldItem | LiveItem = queued
    for (let ms = QUEUED_MS; 'status' in answer && answer.status === 'queued' && this.#waits(id); ms *= 1.5) {
      await pause(Math.min(ms, MOST_MS))
      try {
        answer = await this.#store.ask(`/items/${id}`)
      } catch (error) {
        if (!(error as ApiError).retry) throw error
      }
    }
    return answer
  }

  #waits(id: string): boolean {
    return this.#store.outbox.some((each) => each.id === id)
  }

  /** Whoever posts is somebody: a guest gets a token with the first post, and the room is told. */
  async #identify(id: string): Promise<void> {
    const store = this.#store
    if (!(store.identity as Partial<Session>).memory) await store.meet()
    const session = store.identity as Session
    const { token } = session
    session.memory.posted(id, !token)
    if (!token) store.options.connection.identify(store, true)
  }

  /** Where nothing is said of why, a file of ours could not be fetched. */
  #failed(outgoing: Outgoing, { code = 'network', retry = true, afterMs }: ApiError, tries: number): void {
    if (!this.#waits(outgoing.id)) return
    const unsure = code === 'network' || code === 'outcome-unknown' || code === 'unavailable'
    if (unsure && tries < TRIES && navigator.onLine) {
      setTimeout(() => this.#send(outgoing, tries + 1), afterMs || Math.random() * 1000 * 2 ** tries)
    } else this.#set({ ...outgoing, state: 'failed', code, retry })
  }

  #set(outgoing: Outgoing): Outgoing {
    this.#show(this.#store.outbox.map((each) => (each.id === outgoing.id ? outgoing : each)))
    return outgoing
  }

  #show(outbox: readonly Outgoing[]): void {
    this.#store.outbox = outbox
    this.#store.draw()
  }
}
