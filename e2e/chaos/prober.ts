import { type Item, type ItemsPage, isRemoved, type ServerFrame } from '@halley/shared'
import type { Removal } from './removals.ts'

/** So far back that the removed item's text lies in what is caught up. */
const BACK = 100

type Way = 'latest' | 'before' | 'around' | 'item' | 'poll'

/**
 * Asks every node for a removed item the moment that its removal is answered, by all ways of asking: no answer may
 * have its text, whatever that node has heard by then. No answer at all is fine.
 */
export class Prober {
  readonly complaints: string[] = []
  /** Answers that were looked at, by the way of asking. */
  readonly answers: Record<Way, number> = { latest: 0, before: 0, around: 0, item: 0, poll: 0 }
  readonly #urls: readonly (() => string)[]
  readonly #room: string
  readonly #asking = new Set<Promise<void>>()

  constructor(urls: readonly (() => string)[], room: string) {
    this.#urls = urls
    this.#room = room
  }

  probe(removal: Removal, epoch: string): void {
    const since = `${epoch}:${Math.max(0, removal.rev - BACK)}`
    for (const url of this.#urls) {
      for (const way of [
        this.#page(url(), 'latest'),
        this.#before(url()),
        this.#page(url(), 'around'),
        this.#item(url()),
        this.#catchUp(url(), since),
      ]) {
        const asking = way(removal).catch(() => {})
        this.#asking.add(asking)
        void asking.finally(() => this.#asking.delete(asking))
      }
    }
  }

  /** Resolves when nothing is being asked any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#asking)
  }

  #page(url: string, which: 'latest' | 'around'): (removal: Removal) => Promise<void> {
    return async (removal) => {
      const query = which === 'around' ? `around=${removal.id}` : 'limit=200'
      const page = await ask<ItemsPage>(`${url}/v1/rooms/${this.#room}/items?${query}`, {})
      this.#look(removal, which, [...page.items, ...(page.pinned ?? [])], `the ${which} page of ${url}`)
    }
  }

  #before(url: string): (removal: Removal) => Promise<void> {
    return async (removal) => {
      const at = `${url}/v1/rooms/${this.#room}/items`
      const { older } = await ask<ItemsPage>(`${at}?limit=1`, {})
      const page = await ask<ItemsPage>(`${at}?limit=200&before=${older}`, {})
      this.#look(removal, 'before', page.items, `the page before ${older} of ${url}`)
    }
  }

  #item(url: string): (removal: Removal) => Promise<void> {
    return async (removal) => {
      const address = `${url}/v1/rooms/${this.#room}/items/${removal.id}`
      const answer = await fetch(address, { signal: AbortSignal.timeout(10_000) })
      if (answer.status !== 200 && answer.status !== 410) return
      const items = answer.ok ? [(await answer.json()) as Item] : []
      this.#look(removal, 'item', items, `the item by itself at ${url}`)
    }
  }

  #catchUp(url: string, since: string): (removal: Removal) => Promise<void> {
    return async (removal) => {
      const body = JSON.stringify({ joins: [{ room: this.#room, since }] })
      const headers = { 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body }
      const { frames } = await ask<{ frames: ServerFrame[] }>(`${url}/v1/poll?wait=0`, init)
      const changes = frames.flatMap((frame) => ('changes' in frame ? frame.changes : []))
      const items = changes.flatMap(({ item }) => (item ? [item] : []))
      this.#look(removal, 'poll', items, `a poll of ${url} since ${since}`)
    }
  }

  #look({ id, rev }: Removal, way: Way, items: readonly Item[], where: string): void {
    this.answers[way] += 1
    const shown = items.find((item) => item.id === id && !isRemoved(item))
    if (shown && this.complaints.length < 20)
      this.complaints.push(`${where} had ${id}, removed at ${rev}, as of ${shown.rev}`)
  }
}

async function ask<T>(address: string, init: RequestInit): Promise<T> {
  const answer = await fetch(address, { ...init, signal: AbortSignal.timeout(10_000) })
  if (!answer.ok) throw new Error(`${answer.status}`)
  return (await answer.json()) as T
}
