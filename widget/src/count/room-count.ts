import type { Change, Position, RoomSummary } from '@halley/shared'
import type { Connection } from '../connection/connection.ts'
import type { Follower, Following } from '../connection/follower.ts'
import { countDelta } from './count-delta.ts'

/** A busy room's number changes twice a second. */
const DRAW_MS = 500
const RETRY_MS = 30_000

/** The number of a room's items, for all elements of the page that show it: read once, then counted along the stream. */
export class RoomCount implements Follower {
  readonly #connection: Connection
  readonly #room: string
  readonly #shown = new Set<HTMLElement>()
  #items: number | undefined
  #rev = 0
  #following: Following | undefined
  #drawing: ReturnType<typeof setTimeout> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(connection: Connection, room: string) {
    this.#connection = connection
    this.#room = room
  }

  show(element: HTMLElement): void {
    this.#shown.add(element)
    if (this.#items !== undefined) this.#draw()
    if (this.#following) return
    this.#following = this.#connection.follow(this.#room, this)
    this.reset()
  }

  hide(element: HTMLElement): void {
    this.#shown.delete(element)
    if (this.#shown.size > 0) return
    this.#following?.stop()
    this.#following = undefined
    clearTimeout(this.#retry)
  }

  changed(changes: readonly Change[], position: Position): void {
    if (this.#items === undefined) return
    for (const change of changes) if (change.rev > this.#rev) this.#items += countDelta(change)
    this.#rev = Math.max(this.#rev, position.rev)
    this.#drawing ??= setTimeout(() => this.#draw(), DRAW_MS)
  }

  /** Reads the number and where in the room it holds. */
  async reset(): Promise<void> {
    clearTimeout(this.#retry)
    const following = this.#following
    try {
      const answer = await fetch(`${this.#connection.base}v1/rooms/${this.#room}`)
      if (!answer.ok) throw new Error(`${answer.status}`)
      const { items, position } = (await answer.json()) as RoomSummary
      if (following !== this.#following) return
      this.#items = items
      this.#rev = Number(position.split(':')[1])
      following?.from(position)
      this.#draw()
    } catch {
      if (following === this.#following) this.#retry = setTimeout(() => this.reset(), RETRY_MS)
    }
  }

  joined(): void {}

  status(): void {}

  expired(): void {}

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
