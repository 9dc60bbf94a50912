import type { View } from '@halley/shared'
import type { EncodedChange, RoomNews } from '../bus/bus.ts'

interface Entry {
  readonly rev: number
  readonly key: string
  readers: string | null
  staff: string | null
}

/** Stands for the room itself where a change is not about an item. */
const ROOM = ''

function bytesOf(entry: Entry): number {
  const readers = entry.readers?.length ?? 0
  return entry.staff === entry.readers ? readers : readers + (entry.staff?.length ?? 0)
}

/**
 * The newest changes of a room: everything in (`floor`, `head`], each item once, because a later change takes the
 * text of the earlier ones away. What was removed is therefore in no frame made from here.
 */
export class Window {
  #entries: Entry[] = []
  readonly #latest = new Map<string, Entry>()
  #floor = 0
  #head = 0
  #bytes = 0
  /** Items that readers are not to be shown, though they stand. */
  hidden: ReadonlySet<string> | undefined
  /** The highest rev of which readers see something. */
  #visible = 0

  get floor(): number {
    return this.#floor
  }

  get head(): number {
    return this.#head
  }

  /** Characters kept, which is about bytes. */
  get bytes(): number {
    return this.#bytes
  }

  /** The last rev that shows something to a view. */
  visible(view: View): number {
    return view === 'staff' ? this.#head : this.#visible
  }

  covers(rev: number): boolean {
    return rev >= this.#floor && rev <= this.#head
  }

  /** Starts anew, empty, at `head`. */
  restart(head: number): void {
    this.#entries = []
    this.#latest.clear()
    this.#floor = head
    this.#head = head
    this.#visible = 0
    this.#bytes = 0
  }

  /** Changes in (`head`, `to`], oldest first. */
  append(changes: readonly EncodedChange[], to: number): void {
    for (const change of changes) {
      if (change.rev <= this.#head) continue
      this.#scrub(change.item ?? ROOM)
      this.#entries.push(this.#keep(change))
    }
    this.#head = to
  }

  /** Changes in (`after`, `floor`] as the log tells them now; what the window knows better is left out. */
  prepend(changes: readonly EncodedChange[], after: number): void {
    const older: Entry[] = []
    for (const change of changes.toReversed()) {
      if (change.rev > this.#floor) continue
      if (!this.#latest.has(change.item ?? ROOM)) older.push(this.#keep(change))
    }
    this.#entries = older.reverse().concat(this.#entries)
    this.#floor = after
  }

  /** Takes away the text that `change` supersedes, before its turn has come: it may be a removal. */
  supersede(change: EncodedChange): boolean {
    return change.rev > this.#head && this.#scrub(change.item ?? ROOM)
  }

  /** What a view sees in (`after`, `to`], oldest first. */
  texts(view: View, after: number, to: number): string[] {
    const field = view === 'staff' ? 'staff' : 'readers'
    const texts: string[] = []
    for (let index = this.#indexAfter(after); index < this.#entries.length; index++) {
      const entry = this.#entries[index] as Entry
      if (entry.rev > to) break
      const text = entry[field]
      if (text !== null && (view === 'staff' || this.#isShown(entry))) texts.push(text)
    }
    return texts
  }

  /** Characters that a view sees after `after`. */
  size(view: View, after: number): number {
    return this.texts(view, after, this.#head).reduce((sum, text) => sum + text.length, 0)
  }

  /** All that is known, oldest first, each item once. */
  all(): Omit<RoomNews, 'epoch'> {
    const changes = this.#entries.flatMap(({ rev, key, readers, staff }) =>
      staff === null ? [] : [{ rev, item: key === ROOM ? null : key, readers, staff }],
    )
    return { after: this.#floor, to: this.#head, changes }
  }

  /** Forgets the oldest until at most so many revs and characters are left. */
  trim(revs: number, bytes: number): void {
    const floor = Math.max(this.#floor, this.#head - revs)
    let drop = 0
    while (drop < this.#entries.length) {
      const entry = this.#entries[drop] as Entry
      if (entry.rev > floor && this.#bytes <= bytes) break
      this.#forget(entry)
      drop += 1
    }
    const last = this.#entries[drop - 1]
    this.#floor = last ? Math.max(floor, last.rev) : floor
    if (last) this.#entries = this.#entries.slice(drop)
  }

  /** That an item is gone is told of what is hidden, too. */
  #isShown({ rev, key, readers }: Entry): boolean {
    if (!this.hidden?.has(key)) return true
    return readers?.startsWith(`{"rev":${rev},"type":"removed"`) ?? false
  }

  #keep(change: EncodedChange): Entry {
    const { rev, readers, staff } = change
    const entry: Entry = { rev, key: change.item ?? ROOM, readers, staff }
    this.#latest.set(entry.key, entry)
    this.#bytes += bytesOf(entry)
    if (readers !== null) this.#visible = Math.max(this.#visible, rev)
    return entry
  }

  /** True where there was text. */
  #scrub(key: string): boolean {
    const entry = this.#latest.get(key)
    if (!entry || entry.staff === null) return false
    this.#bytes -= bytesOf(entry)
    entry.readers = null
    entry.staff = null
    return true
  }

  #forget(entry: Entry): void {
    this.#bytes -= bytesOf(entry)
    if (this.#latest.get(entry.key) === entry) this.#latest.delete(entry.key)
  }

  #indexAfter(rev: number): number {
    let low = 0
    let high = this.#entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle] as Entry).rev <= rev) low = middle + 1
      else high = middle
    }
    return low
  }
}
