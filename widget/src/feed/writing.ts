import type { ChangeType, HeldItem, LiveItem, PostedItem } from '@halley/shared'
import type { Ask } from './api.ts'
import type { ApiError } from './api-error.ts'
import type { FeedStore } from './feed-store.ts'
import type { Outgoing, WritingActions } from './feed-view.ts'
import { Session } from './session.ts'
import { uuidV7 } from './uuid-v7.ts'

/** A post whose end is not known is sent again by itself so often, always with the same id. */
const TRIES = 3
/** What is to go must go: a removal is tried again so often, some seconds apart. */
const REMOVALS = 30

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
      await new Promise((done) => setTimeout(done, afterMs || 2000))
      return this.#change(id, type, path, method, body, rev, tries - 1)
    }
  }

  async #send(outgoing: Outgoing, tries: number): Promise<void> {
    const { id, text, name } = outgoing
    try {
      this.#identify(id)
      const author = this.#store.identity.signedIn || !name ? {} : { author: { name } }
      const answer = await this.#store.ask<PostedItem | HeldItem>(
        '/items',
        written('POST', { id, text, ...author }),
      )
      if ('item' in answer) this.#posted(id, answer)
      else this.#set({ ...outgoing, state: answer.status === 'held' ? 'held' : 'sending' })
    } catch (error) {
      this.#failed(outgoing, error as ApiError, tries)
    }
  }

  /** The room may have shown it long before this answer came, or have taken it down already. */
  #posted(id: string, { item }: PostedItem): void {
    this.#store.tell({ rev: item.rev, type: 'posted', item })
    this.discard(id)
  }

  /** Whoever posts is somebody: a guest gets a token with the first post, and the room is told. */
  #identify(id: string): void {
    const store = this.#store
    if (!(store.identity instanceof Session))
      store.identity = new Session(store.room.split('/')[0] as string, undefined, () => {})
    const session = store.identity as Session
    if (!session.own.has(id)) session.memory.posted(id)
    if (session.token) return
    session.memory.makeToken()
    store.options.connection.identify(store, true)
  }

  #failed(outgoing: Outgoing, { code, retry, afterMs }: ApiError, tries: number): void {
    if (!this.#store.outbox.some(({ id }) => id === outgoing.id)) return
    const unsure = code === 'network' || code === 'outcome-unknown' || code === 'unavailable'
    if (unsure && tries < TRIES && navigator.onLine) {
      setTimeout(() => this.#send(outgoing, tries + 1), afterMs || Math.random() * 1000 * 2 ** tries)
    } else this.#set({ ...outgoing, state: 'failed', code: code ?? 'internal', retry: retry ?? true })
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
