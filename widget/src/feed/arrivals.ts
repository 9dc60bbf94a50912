import type { LiveItem } from '@halley/shared'
import type { Row } from './feed-view.ts'
import { placeOf } from './timeline.ts'

/** More than this are not kept, only counted. */
const KEPT = 200
const COUNTED = 9999
const PER_FLUSH = 20
/** Between two flushes, at least, in milliseconds. */
const PACE_MS = 300
/** A longer pause between flushes makes a quiet room. */
const QUIET_MS = 1500

/** Items that have arrived and are not drawn yet, and when they may be. */
export class Arrivals {
  readonly kept = new Map<string, LiveItem>()
  /** Counted, but no longer kept. */
  #unseen = new Set<string>()
  #holds = new Set<string>()
  #last = -QUIET_MS
  #quiet = true
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  get count(): number {
    return this.kept.size + this.#unseen.size
  }

  /** A mouse that merely rests on a quiet room holds nothing back. */
  get held(): boolean {
    return [...this.#holds].some((reason) => reason !== 'hover' || !this.#quiet)
  }

  get tooMany(): boolean {
    return this.kept.size > KEPT
  }

  /** For a reason: `scroll`, `hover`, or the id of an item that is being worked at. */
  hold(reason: string, on: boolean): void {
    this.#holds[on ? 'add' : 'delete'](reason)
  }

  /** One that is not kept, because what is drawn is not next to it. False where it was counted before. */
  countOnly(id: string): boolean {
    const before = this.#unseen.size
    if (before < COUNTED) this.#unseen.add(id)
    return this.#unseen.size > before
  }

  /** Keeps only the number. */
  drop(): void {
    for (const id of this.kept.keys()) this.countOnly(id)
    this.kept.clear()
  }

  /** Another telling of what waits. */
  update(row: Row): void {
    if ('removed' in row) this.forget(row.id)
    else if (row.rev > (this.kept.get(row.id)?.rev ?? 0)) this.kept.set(row.id, row)
  }

  forget(id: string): void {
    this.kept.delete(id)
    this.#unseen.delete(id)
  }

  clear(): void {
    this.kept.clear()
    this.#unseen.clear()
  }

  /** How many milliseconds until the next flush may be: none in a quiet room. */
  get pause(): number {
    return Math.max(0, this.#last + PACE_MS - this.#now())
  }

  /** The next to be drawn: the oldest of those that wait, so that nothing between is left out. */
  flush(): readonly LiveItem[] {
    const next = this.newest().slice(-PER_FLUSH)
    for (const { id } of next) this.forget(id)
    const now = this.#now()
    this.#quiet = now - this.#last > QUIET_MS
    this.#last = now
    return next
  }

  /** All that are kept, newest first. */
  newest(): LiveItem[] {
    return [...this.kept.values()].sort((a, b) => placeOf(b) - placeOf(a))
  }
}
