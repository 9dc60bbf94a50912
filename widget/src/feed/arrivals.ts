import type { LiveItem } from '@halley/shared'
import type { Row } from './feed-view.ts'
import { placeOf } from './timeline.ts'

export type HoldReason = 'scroll' | 'hover' | 'pause'

const KEPT = 200
const KEPT_IDS = 2000
const PER_FLUSH = 20
/** Under this many milliseconds between flushes the room counts as busy. */
const PACE_MS = 300
const BUSY_MS = 1500

/** Items that have arrived and are not drawn yet, and when they may be. */
export class Arrivals {
  #waiting = new Map<string, LiveItem>()
  /** Counted, but no longer kept. */
  #dropped = 0
  #unseen = new Set<string>()
  #holds = new Set<HoldReason>()
  #last = -BUSY_MS
  #rest = 0
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  get count(): number {
    return this.#waiting.size + this.#dropped
  }

  has(id: string): boolean {
    return this.#waiting.has(id)
  }

  /** A mouse that merely rests on a quiet room holds nothing back. */
  get held(): boolean {
    return (
      this.#holds.has('scroll') ||
      this.#holds.has('pause') ||
      (this.#holds.has('hover') && this.#rest < BUSY_MS)
    )
  }

  hold(reason: HoldReason, on: boolean): void {
    if (on) this.#holds.add(reason)
    else this.#holds.delete(reason)
  }

  /** More than this are not kept waiting. */
  get tooMany(): boolean {
    return this.#waiting.size > KEPT
  }

  add(item: LiveItem): void {
    this.#waiting.set(item.id, item)
  }

  /** One that is counted but not kept, because what is drawn is not next to it. False where it was counted before. */
  addUnseen(id: string): boolean {
    if (this.#unseen.has(id)) return false
    if (this.#unseen.size < KEPT_IDS) this.#unseen.add(id)
    this.#dropped += 1
    return true
  }

  /** What was counted is gone again. */
  forget(id: string): void {
    if (this.#unseen.delete(id)) this.#dropped -= 1
  }

  /** Keeps only the number. */
  drop(): void {
    for (const id of this.#waiting.keys()) this.addUnseen(id)
    this.#waiting.clear()
  }

  /** Another telling of what waits. */
  update(row: Row): void {
    const known = this.#waiting.get(row.id)
    if (!known || known.rev >= row.rev) return
    if ('removed' in row) this.#waiting.delete(row.id)
    else this.#waiting.set(row.id, row)
  }

  take(id: string): LiveItem | undefined {
    const item = this.#waiting.get(id)
    this.#waiting.delete(id)
    return item
  }

  clear(): void {
    this.#waiting.clear()
    this.#unseen.clear()
    this.#dropped = 0
  }

  /** How many milliseconds until the next flush may be: none in a quiet room. */
  get pause(): number {
    return Math.max(0, this.#last + PACE_MS - this.#now())
  }

  /** The next to be drawn, newest first; the oldest of those that wait, so that nothing between is left out. */
  flush(): LiveItem[] {
    const next = this.newest().slice(-PER_FLUSH)
    for (const { id } of next) this.#waiting.delete(id)
    const now = this.#now()
    this.#rest = now - this.#last
    this.#last = now
    return next
  }

  /** All that are kept, newest first. */
  newest(): LiveItem[] {
    return [...this.#waiting.values()].sort((a, b) => placeOf(b) - placeOf(a))
  }
}
