import type { Chunk, Row } from './feed-view.ts'

/** Rows of a chunk. */
const CHUNK_ROWS = 50
/** What staff have to decide about has no seq yet, and stands above everything that has. */
const WAITING = 1e15

interface Entry {
  row: Row
  readonly place: number
  readonly group: number
}

export function placeOf(row: Row): number {
  return row.seq ?? WAITING + row.rev
}

const same = (one: readonly object[], other: readonly object[]): boolean =>
  one.length === other.length && one.every((each, at) => each === other[at])

/**
 * The rows that are loaded: one unbroken stretch of the room, newest first, in chunks of about fifty. A chunk is
 * another object exactly when one of its rows is, so that whatever draws it may be memoised; rows never change
 * their chunk, so their elements stay.
 */
export class Timeline {
  #rows: Entry[] = []
  #chunks: readonly Chunk[] = []
  #groups = 0

  get size(): number {
    return this.#rows.length
  }

  get newest(): Row | undefined {
    return this.#rows[0]?.row
  }

  get oldest(): Row | undefined {
    return this.#rows.at(-1)?.row
  }

  /** The highest seq that is here; 0 in an empty room. */
  get newestSeq(): number {
    return this.#rows.find(({ row }) => row.seq)?.row.seq ?? 0
  }

  find(id: string): Row | undefined {
    return this.#rows.find(({ row }) => row.id === id)?.row
  }

  clear(): void {
    this.#rows = []
  }

  /** A row at its place. Of two tellings of one the higher rev wins; what has no seq keeps its first place. */
  put(row: Row): void {
    const rows = this.#rows
    const at = rows.findIndex((entry) => entry.row.id === row.id)
    const known = rows[at]
    if (known && known.row.rev >= row.rev) return
    const place = row.seq ?? known?.place ?? placeOf(row)
    if (known?.place === place) {
      known.row = row
      return
    }
    if (known) rows.splice(at, 1)
    const below = rows.findIndex((entry) => entry.place < place)
    const index = below < 0 ? rows.length : below
    rows.splice(index, 0, { row, place, group: this.#groupAt(index, place) })
  }

  /** At both ends a full chunk is closed and another one begun. */
  #groupAt(index: number, place: number): number {
    if (place >= WAITING) return 0
    const rows = this.#rows
    const above = rows[index - 1]
    const below = rows[index]
    const top = !above || above.place >= WAITING
    const near = top ? below : above
    const last = top ? rows[index + CHUNK_ROWS - 1] : below ? undefined : rows[index - CHUNK_ROWS]
    if (near && near.group !== last?.group) return near.group
    this.#groups += 1
    return this.#groups
  }

  /** Forgets what is furthest from the other end. Not row by row, because the last chunk is drawn anew each time. */
  trim(end: 'newest' | 'oldest', most: number): boolean {
    const extra = this.size - most
    if (extra < 2 * CHUNK_ROWS) return false
    this.#rows.splice(end === 'newest' ? 0 : most, extra)
    return true
  }

  /** Newest first; the first one takes what arrives. */
  get chunks(): readonly Chunk[] {
    const groups: { key: string; rows: Row[] }[] = []
    let last: number | undefined
    for (const { row, group } of this.#rows) {
      if (group !== last) groups.push({ key: `${group}`, rows: [] })
      last = group
      groups.at(-1)?.rows.push(row)
    }
    const chunks = groups.map((chunk) => {
      const was = this.#chunks.find(({ key }) => key === chunk.key)
      return was && same(chunk.rows, was.rows) ? was : chunk
    })
    if (!same(chunks, this.#chunks)) this.#chunks = chunks
    return this.#chunks
  }
}
