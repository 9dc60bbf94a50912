import type { Change, Item, ItemsPage, LiveItem, Position } from '@halley/shared'
import { Arrivals } from './arrivals.ts'
import type { Edge } from './feed-view.ts'
import { Recent } from './recent.ts'
import { placeOf, Timeline } from './timeline.ts'

/** Rows in memory, at most; the rest is read again by cursor. */
const MOST_ROWS = 1500
const NEWEST_ROWS = 50

/** An end of what is loaded: how it stands, and the cursor that leads on where one is known. */
export interface End {
  edge: Edge
  cursor: string | null
}

export type Side = 'older' | 'newer'

/**
 * What a feed holds of its room: one unbroken stretch of rows, what waits to be drawn above it, and how pages and
 * the stream are laid on each other. Knows no network and no clock but the one it is given.
 */
export class Stretch {
  readonly timeline = new Timeline()
  readonly arrivals: Arrivals
  readonly older: End = { edge: 'end', cursor: null }
  readonly newer: End = { edge: 'end', cursor: null }
  pinned: readonly LiveItem[] = []
  /** The rev of the last change that was no post. */
  altered = 0
  position: Position | undefined
  readonly #recent = new Recent()

  constructor(now: () => number) {
    this.arrivals = new Arrivals(now)
  }

  /** Whether what arrives belongs right above what is loaded. */
  get attached(): boolean {
    return this.newer.edge === 'end'
  }

  /** The room anew, from a page whose position the stream goes on from. */
  begin(page: ItemsPage, position: Position): void {
    this.position = position
    this.#recent.restart(position.rev)
    this.altered = page.altered
    if (page.pinned) this.pinned = page.pinned
    this.#show(page)
  }

  /** Another place of the same room. False where the page is too old to be corrected. */
  move(page: ItemsPage, rev: number): boolean {
    if (!this.#recent.since(rev)) return false
    if (page.pinned) this.pinned = page.pinned
    this.#show(page)
    this.#meet(page, rev, 'both')
    return true
  }

  /** More at one end. False where the page is too old to be corrected. */
  extend(side: Side, page: ItemsPage, rev: number): boolean {
    if (!this.#recent.since(rev)) return false
    const { timeline } = this
    const end = this[side]
    if (side === 'older') {
      const from = timeline.oldest ? placeOf(timeline.oldest) : Number.POSITIVE_INFINITY
      timeline.append(page.items.filter((item) => placeOf(item) < from))
    } else {
      const from = timeline.newestSeq
      timeline.prepend(page.items.filter((item) => placeOf(item) > from))
    }
    end.cursor = page[side]
    end.edge = page[side] === null ? 'end' : 'more'
    if (side === 'newer' && this.attached) this.arrivals.clear()
    this.#meet(page, rev, side)
    const far = side === 'older' ? 'newer' : 'older'
    if (timeline.trim(far === 'newer' ? 'newest' : 'oldest', MOST_ROWS)) this.#cut(far)
    return true
  }

  /** One step of the room, from the stream or from an answer to this reader. Returns the item where it is new here. */
  tell(change: Change): LiveItem | undefined {
    this.#recent.keep(change)
    if (change.type !== 'posted') this.altered = Math.max(this.altered, change.rev)
    return change.item && this.#place(change.item, change.rev)
  }

  reached(position: Position): void {
    this.position = position
    this.#recent.reached(position.rev)
  }

  /** What may be drawn now goes into the rows. Returns the ids of those that came by themselves. */
  flush(): ReadonlySet<string> {
    const { arrivals, timeline } = this
    if (!this.attached || !arrivals.count) return new Set()
    if (arrivals.held) {
      if (arrivals.tooMany) this.#detach()
      return new Set()
    }
    if (arrivals.tooMany) {
      this.skip()
      return new Set()
    }
    const next = arrivals.flush()
    for (let at = next.length - 1; at >= 0; at--) timeline.insert(next[at] as LiveItem)
    if (timeline.trim('oldest', MOST_ROWS)) this.#cut('older')
    return new Set(next.map(({ id }) => id))
  }

  /** Draws this one of those that wait out of turn. */
  showNow(id: string): void {
    const item = this.arrivals.take(id)
    if (item) this.timeline.insert(item)
  }

  /** Goes on with the newest of what waits; what lies between is read again when somebody scrolls there. */
  skip(): void {
    const newest = this.arrivals.newest()
    this.arrivals.clear()
    if (newest.length <= NEWEST_ROWS) {
      for (const item of newest.reverse()) this.timeline.insert(item)
    } else {
      this.timeline.replace(newest.slice(0, NEWEST_ROWS))
      this.#cut('older')
    }
  }

  #show(page: ItemsPage): void {
    this.timeline.replace(page.items)
    this.arrivals.clear()
    for (const side of ['older', 'newer'] as const) {
      this[side].cursor = page[side]
      this[side].edge = page[side] === null ? 'end' : 'more'
    }
  }

  /** Lays what the stream has told since over a page, and remembers how far ahead of the stream the page is. */
  #meet(page: ItemsPage, rev: number, side: Side | 'both'): void {
    const top = page.items[0]
    const bottom = page.items.at(-1)
    const low = page.older === null || !bottom ? 0 : placeOf(bottom)
    const high = page.newer === null || !top ? rev + 1 : placeOf(top) + 1
    if (rev > (this.position?.rev ?? 0)) this.#recent.covered({ low, high, rev })
    this.altered = Math.max(this.altered, page.altered)
    const most = this.attached && side !== 'older' ? Number.POSITIVE_INFINITY : high
    for (const { item, rev: at } of this.#recent.since(rev) ?? []) {
      if (item && (item.seq ?? Number.POSITIVE_INFINITY) <= most) this.#place(item, at)
    }
  }

  #place(item: Item, rev: number): LiveItem | undefined {
    const { timeline, arrivals } = this
    this.#pin(item)
    if (timeline.has(item.id)) {
      timeline.update(item)
      return undefined
    }
    if (arrivals.has(item.id)) {
      arrivals.update(item)
      return undefined
    }
    if ('removed' in item || this.#recent.knowsBetter(item.seq, rev)) {
      arrivals.forget(item.id)
      return undefined
    }
    if (item.seq === null || item.seq > timeline.newestSeq) return this.#arrive(item)
    const oldest = timeline.oldest
    if (this.older.edge === 'end' || (oldest && placeOf(item) > placeOf(oldest))) timeline.insert(item)
    return undefined
  }

  #arrive(item: LiveItem): LiveItem | undefined {
    if (this.attached) this.arrivals.add(item)
    else if (!this.arrivals.addUnseen(item.id)) return undefined
    return item
  }

  #pin(item: Item): void {
    const known = this.pinned.find(({ id }) => id === item.id)
    if (known && known.rev >= item.rev) return
    const pinned = !('removed' in item) && !item.removedAt && item.pinned ? item : undefined
    if (!known && !pinned) return
    if (known && pinned) this.pinned = this.pinned.map((each) => (each === known ? pinned : each))
    else this.pinned = pinned ? [pinned, ...this.pinned] : this.pinned.filter((each) => each !== known)
  }

  /** Some rows at this end were let go, and with them the cursor. */
  #cut(side: Side): void {
    this[side].edge = 'more'
    this[side].cursor = null
    if (side === 'newer') this.arrivals.drop()
  }

  #detach(): void {
    this.#cut('newer')
  }
}
