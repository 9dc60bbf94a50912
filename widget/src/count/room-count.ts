import type { Position, RoomSummary } from '@halley/shared'
import type { Connection } from '../connection/connection.ts'
import type { Follower, News } from '../connection/follower.ts'
import { readPosition } from '../connection/read-position.ts'
import { isNewItem } from './is-new-item.ts'

/** A busy room's number changes twice a second. */
const DRAW_MS = 500
const RETRY_MS = 30_000
/** What cannot be counted is read so long after it was told, and up to as long again. */
const AGAIN_MS = 2000
const KEPT = 1000

/** The number of a room's items, for all elements of the page that show it: read once, then counted along the stream. */
export class RoomCount implements Follower {
  readonly #connection: Connection
  readonly room: string
  readonly view = 'reader'
  readonly token = undefined
  position: Position | undefined
  readonly #shown = new Set<HTMLElement>()
  #items: number | undefined
  /** Revs of new items, because an answer may be older than the stream is; and of the last change that is not counted. */
  #posts: number[] = []
  #uncounted = 0
  /** Each reading makes the answers of the one before worthless. */
  #turn = 0
  #drawing: ReturnType<typeof setTimeout> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(connection: Connection, room: string) {
    this.#connection = connection
    this.room = room
  }

  show(element: HTMLElement): void {
    this.#shown.add(element)
    if (this.#items !== undefined) this.#draw()
    if (this.#shown.size === 1) this.#read()
  }

  hide(element: HTMLElement): void {
    this.#shown.delete(element)
    if (this.#shown.size > 0) return
    this.#turn += 1
    this.#stop()
    this.position = undefined
    this.#connection.unfollow(this)
  }

  readonly hear = (news: News): void => {
    if (news.type === 'reset') this.#read()
    if (news.type === 'status' && news.status.state === 'failed' && news.status.code === 'site-gone')
      this.#connection.unfollow(this)
    if (news.type !== 'changes' || this.#items === undefined) return
    for (const change of news.changes) {
      if (isNewItem(change)) {
        this.#items += 1
        this.#posts = [...this.#posts, change.rev].slice(-KEPT)
      } else if (change.item) {
        this.#uncounted = change.rev
        this.#readSoon()
      }
    }
    this.#drawing ??= setTimeout(() => this.#draw(), DRAW_MS)
  }

  /** Reads the number and where in the room it holds. */
  async #read(): Promise<void> {
    this.#stop()
    this.#turn += 1
    const turn = this.#turn
    try {
      const answer = await fetch(`${this.#connection.base}v1/rooms/${this.room}`)
      // The site has gone: what stands there stays, and nothing is asked for any more.
      if (answer.status === 410) return this.#connection.unfollow(this)
      if (!answer.ok) throw new Error(`${answer.status}`)
      const { items, position } = (await answer.json()) as RoomSummary
      if (turn !== this.#turn) return
      this.#take(items, readPosition(position))
      this.#draw()
    } catch {
      if (turn === this.#turn) this.#retry = setTimeout(() => this.#read(), RETRY_MS)
    }
  }

  /** A number of the room as it was at that position, from which the stream goes on unless it is ahead already. */
  #take(items: number, position: Position): void {
    if (position.epoch !== this.position?.epoch) {
      this.position = position
      this.#posts = []
      this.#uncounted = 0
      this.#connection.follow(this)
    }
    if (position.rev < this.#uncounted) {
      this.#readSoon()
      return
    }
    this.#posts = this.#posts.filter((rev) => rev > position.rev)
    this.#items = items + this.#posts.length
  }

  #readSoon(): void {
    this.#retry ??= setTimeout(() => this.#read(), AGAIN_MS * (1 + Math.random()))
  }

  #stop(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
  }

  #draw(): void {
    clearTimeout(this.#drawing)
    this.#drawing = undefined
    for (const element of this.#shown) {
      const lang = element.closest<HTMLElement>('[lang]')?.lang || undefined
      element.textContent = number(this.#items ?? 0, element.dataset.lang || lang)
    }
  }
}

function number(n: number, lang: string | undefined): string {
  try {
    return n.toLocaleString(lang)
  } catch {
    // A page may name a language that is none.
    return n.toLocaleString()
  }
}
