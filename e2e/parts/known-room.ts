import type { Change, Item, ItemsPage, LiveItem, ServerFrame } from '@halley/shared'

/** What became of a frame: `again` where the reader has to join anew, from its position or (after a reset) from a page. */
export type Applied = 'fine' | 'again'

/**
 * What one reader knows of a room, by the wire's rules alone: of two tellings of an item the higher rev wins, and
 * there is a gap only where a frame begins above what is known.
 */
export class KnownRoom {
  readonly #items = new Map<string, Item>()
  #epoch: string | undefined
  #rev = 0
  /** Seqs in the order in which items were first told live: ascending where nothing was held back. */
  readonly told: number[] = []
  resets = 0
  gaps = 0

  /** Undefined before the first page and after a reset. */
  get position(): string | undefined {
    return this.#epoch === undefined ? undefined : `${this.#epoch}:${this.#rev}`
  }

  get rev(): number {
    return this.#rev
  }

  /** Every page from the newest to the first, read one after the other; the first page's position counts. */
  begin(pages: readonly ItemsPage[]): void {
    this.#items.clear()
    this.#place(pages[0]?.position ?? '')
    for (const page of pages) for (const item of page.items) this.#take(item)
    this.told.length = 0
  }

  apply(frame: ServerFrame): Applied {
    if (frame.type === 'reset') {
      this.resets += 1
      this.#epoch = undefined
      return 'again'
    }
    if (frame.type === 'head') return this.#behind(frame.position) ? this.#gap() : 'fine'
    if (frame.type !== 'joined' && frame.type !== 'changes') return 'fine'
    if (frame.after > this.#rev) return this.#gap()
    for (const change of frame.changes) this.#change(change)
    if (this.#behind(frame.position)) this.#place(frame.position)
    return 'fine'
  }

  item(id: string): Item | undefined {
    return this.#items.get(id)
  }

  /** The items that stand, in the room's order. */
  items(): LiveItem[] {
    const live = [...this.#items.values()].filter((item): item is LiveItem => !('removed' in item))
    return live.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
  }

  #gap(): Applied {
    this.gaps += 1
    return 'again'
  }

  #behind(position: string): boolean {
    const [epoch, rev] = position.split(':')
    return epoch !== this.#epoch || Number(rev) > this.#rev
  }

  #place(position: string): void {
    const [epoch, rev] = position.split(':')
    this.#epoch = epoch
    this.#rev = Number(rev)
  }

  #change({ rev, type, item }: Change): void {
    if (!item || rev <= this.#rev) return
    if (type === 'posted' && !this.#items.has(item.id)) this.told.push(item.seq ?? -1)
    this.#take(item)
  }

  #take(item: Item): void {
    const known = this.#items.get(item.id)
    if (!known || item.rev > known.rev) this.#items.set(item.id, item)
  }
}
