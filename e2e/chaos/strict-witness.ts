import { type Item, type ItemsPage, isRemoved, type ServerFrame } from '@halley/shared'
import type { Applied, KnownRoom } from '../parts/known-room.ts'
import type { Witness } from '../parts/reader.ts'
import type { Removal, Removals } from './removals.ts'

/** Where an item was last shown as standing. */
interface Sighting {
  rev: number
  begunAt: number
}

const revOf = (position: string): number => Number(position.split(':')[1])

/**
 * Holds what one reader is told against the rules of the wire, frame by frame, more strictly than a client needs: what
 * a client would repair by itself is a complaint too.
 */
export class StrictWitness implements Witness {
  readonly complaints: string[] = []
  resets: string[] = []
  /** What this reader has taken down; nothing else brings an item back. */
  readonly #known: KnownRoom
  readonly #removals: Removals
  readonly #seen = new Map<string, Sighting>()
  /** Removals told to the moderator that this reader has not reached yet. */
  #waiting: Removal[] = []
  #counted = 0
  #rev = 0

  constructor(known: KnownRoom, removals: Removals) {
    this.#known = known
    this.#removals = removals
  }

  readPages(pages: readonly ItemsPage[], begunAt: number): void {
    for (const page of pages) for (const item of page.items) this.#see(item, revOf(page.position), begunAt)
    this.#rev = this.#known.rev
    this.#checkRemovals()
  }

  hears(frame: ServerFrame, begunAt: number): void {
    if (frame.type !== 'joined' && frame.type !== 'changes') return
    const to = revOf(frame.position)
    const span = `${frame.type} (${frame.after}, ${to}]`
    if (frame.after > this.#rev) this.#complain(`a gap: ${span} at ${this.#rev}`)
    if (frame.after < this.#rev) this.#complain(`told again: ${span} at ${this.#rev}`)
    let last = frame.after
    for (const { rev, item } of frame.changes) {
      if (rev <= last || rev > to) this.#complain(`rev ${rev} after ${last} in ${span}`)
      last = rev
      if (item) this.#see(item, to, begunAt)
    }
    this.#rev = Math.max(this.#rev, to)
  }

  heard(frame: ServerFrame, applied: Applied): void {
    if (frame.type === 'reset') this.resets.push(frame.reason)
    else if (applied === 'again' && frame.type === 'head')
      this.#complain(`a head at ${frame.position} and nothing before it, at ${this.#rev}`)
    this.#checkRemovals()
  }

  /** Also of what was told before its removal was answered. To be called when nothing happens any more. */
  checkSightings(): void {
    for (const { id, rev, toldAt } of this.#removals.all) {
      const seen = this.#seen.get(id)
      if (!seen) continue
      if (seen.rev >= rev) this.#complain(`${id}, removed at ${rev}, stood in an answer up to ${seen.rev}`)
      if (seen.begunAt > toldAt)
        this.#complain(
          `${id} stood in an answer begun ${Math.round(seen.begunAt - toldAt)} ms after its removal`,
        )
    }
  }

  #see(item: Item, rev: number, begunAt: number): void {
    if (isRemoved(item)) return
    const seen = this.#seen.get(item.id)
    if (!seen) this.#seen.set(item.id, { rev, begunAt })
    else {
      seen.rev = Math.max(seen.rev, rev)
      seen.begunAt = Math.max(seen.begunAt, begunAt)
    }
  }

  #checkRemovals(): void {
    const { all } = this.#removals
    while (this.#counted < all.length) this.#waiting.push(all[this.#counted++] as Removal)
    if (this.#known.position === undefined) return
    this.#waiting = this.#waiting.filter(({ id, rev }) => {
      if (rev > this.#known.rev) return true
      const item = this.#known.item(id)
      if (item && !isRemoved(item)) this.#complain(`shows ${id} at ${this.#known.rev}, removed at ${rev}`)
      return false
    })
  }

  #complain(text: string): void {
    if (this.complaints.length < 20) this.complaints.push(text)
  }
}
