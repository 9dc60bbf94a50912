import type { Change, Item, ItemsPage, LiveItem, Position } from '@halley/shared'
import { readPosition } from '../connection/read-position.ts'
import { Arrivals } from './arrivals.ts'
import type { Edge } from './feed-view.ts'
import type { PageAsk } from './items-path.ts'
import { Recent } from './recent.ts'
import { placeOf, Timeline } from './timeline.ts'

/** Rows in memory, about; the rest is read again. */
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
 * the stream are laid on each other. Knows no network, and no clock but the one it is given.
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
  #recent = new Recent()
  /** Whatever has its place up to here was there before the reader. */
  #known = 0

  constructor(now: () => number) {
    this.arrivals = new Arrivals(now)
  }

  /** Whether what arrives belongs right above what is loaded. */
  get attached(): boolean {
    return this.newer.edge === 'end'
  }

  /** What to ask for to go on at that end. */
  beyond(side: Side): PageAsk {
    const { cursor } = this[side]
    const older = side === 'older'
    const last = this.timeline[older ? 'oldest' : 'newest']
    return cursor ? { [older ? 'before' : 'after']: cursor } : last ? { around: last.id } : {}
  }

  /** The room anew, from a page whose position the stream goes on from. */
  begin(page: ItemsPage): void {
    this.position = readPosition(page.position)
    this.#recent = new Recent(this.position.rev)
    this.take(page)
  }

  /** A page: another place of the room, or more at one `side`. False where it cannot be laid on the stream. */
  take(page: ItemsPage, side?: Side): boolean {
    const { timeline, arrivals } = this
    const { epoch, rev } = readPosition(page.position)
    const since = this.#recent.since(rev)
    if (epoch !== this.position?.epoch || !since) return false
    if (!side) {
      timeline.clear()
      this.#known = rev
    }
    const top = timeline.newestSeq
    for (const item of page.items) timeline.put(item)
    for (const each of side ? [side] : (['older', 'newer'] as const)) {
      this[each].cursor = page[each]
      this[each].edge = page[each] === null ? 'end' : 'more'
    }
    if (page.pinned) this.pinned = page.pinned
    this.altered = Math.max(this.altered, page.altered)
    if (side !== 'older' && (this.attached || !side)) arrivals.clear()
    const low = page.older === null ? 0 : (page.items.at(-1)?.seq ?? 0)
    const high = page.newer === null ? rev : (page.items[0]?.seq ?? rev)
    if (rev > this.position.rev) this.#recent.covered({ low, high, rev })
    const most = this.attached ? Number.POSITIVE_INFINITY : Math.max(top, timeline.newestSeq)
    for (const { item, rev: at } of since) if (item && (item.seq ?? 0) <= most) this.#place(item, at)
    if (side) this.#trim(side === 'older' ? 'newer' : 'older')
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
    const { tooMany, held } = arrivals
    if (!this.attached || !arrivals.count || (held && !tooMany)) return new Set()
    if (tooMany) {
      if (held) this.#cut('newer')
      else this.skip()
      return new Set()
    }
    const next = arrivals.flush()
    for (const item of next) timeline.put(item)
    this.#trim('older')
    return new Set(next.map(({ id }) => id))
  }

  /** Draws all that wait: one of them alone would leave a hole below it. */
  showAll(): void {
    for (const item of this.arrivals.newest()) this.timeline.put(item)
    this.arrivals.clear()
  }

  /** Goes on with the newest of what waits; what lies between is read again when somebody scrolls there. */
  skip(): void {
    const newest = this.arrivals.newest()
    this.arrivals.clear()
    if (newest.length > NEWEST_ROWS) {
      this.timeline.clear()
      this.#cut('older')
    }
    for (const item of newest.slice(0, NEWEST_ROWS)) this.timeline.put(item)
  }

  #place(item: Item, rev: number): LiveItem | undefined {
    const { timeline, arrivals } = this
    this.#pin(item)
    if (timeline.find(item.id)) timeline.put(item)
    else if (arrivals.kept.has(item.id)) arrivals.update(item)
    else if ('removed' in item || this.#recent.knowsBetter(item.seq, rev)) arrivals.forget(item.id)
    else if (item.seq === null || item.seq > timeline.newestSeq) return this.#arrive(item, rev)
    else if (this.older.edge === 'end' || placeOf(item) > placeOf(timeline.oldest ?? item)) timeline.put(item)
    return undefined
  }

  #arrive(item: LiveItem, rev: number): LiveItem | undefined {
    if (!this.attached)
      return (item.seq ?? rev) > this.#known && this.arrivals.countOnly(item.id) ? item : undefined
    this.arrivals.kept.set(item.id, item)
    return item
  }

  #pin(item: Item): void {
    const known = this.pinned.find(({ id }) => id === item.id)
    if (known && known.rev >= item.rev) return
    const pinned = 'removed' in item || item.removedAt || !item.pinned ? undefined : item
    if (known && pinned) this.pinned = this.pinned.map((each) => (each === known ? pinned : each))
    else if (pinned) this.pinned = [pinned, ...this.pinned]
    else if (known) this.pinned = this.pinned.filter((each) => each !== known)
  }

  #trim(side: Side): void {
    if (this.timeline.trim(side === 'older' ? 'oldest' : 'newest', MOST_ROWS)) this.#cut(side)
  }

  /** Some rows at this end were let go, and with them the cursor. */
  #cut(side: Side): void {
    this[side].edge = 'more'
    this[side].cursor = null
    if (side === 'newer') this.arrivals.drop()
  }
}
