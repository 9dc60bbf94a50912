import type { Chunk, Row } from './feed-view.ts'

/** Rows of a chunk, at most, when it is made. */
const CHUNK_ROWS = 50
/** What staff have to decide about has no place yet, and is shown as newer than everything. */
const WAITING = 1e15

export function placeOf(row: Row): number {
  return row.seq ?? WAITING + row.rev
}

/**
 * The rows that are loaded: one unbroken stretch of the room, newest first, in chunks of about fifty. A chunk is
 * replaced exactly when one of its rows is, so that whatever draws it may be memoised.
 */
export class Timeline {
  #chunks: readonly Chunk[] = []
  #places = new Map<string, number>()
  #made = 0

  /** Newest first; the first one takes what arrives. */
  get chunks(): readonly Chunk[] {
    return this.#chunks
  }

  get size(): number {
    return this.#places.size
  }

  has(id: string): boolean {
    return this.#places.has(id)
  }

  find(id: string): Row | undefined {
    return this.#chunkOf(id)?.rows.find((row) => row.id === id)
  }

  get newest(): Row | undefined {
    return this.#chunks[0]?.rows[0]
  }

  get oldest(): Row | undefined {
    return this.#chunks.at(-1)?.rows.at(-1)
  }

  /** The highest place that was given; 0 in an empty room. */
  get newestSeq(): number {
    for (const { rows } of this.#chunks) for (const row of rows) if (row.seq) return row.seq
    return 0
  }

  /** Forgets everything and shows these, newest first. */
  replace(rows: readonly Row[]): void {
    this.#chunks = []
    this.#places.clear()
    this.append(rows)
  }

  /** Older rows than all that are here; known ones are left out. */
  append(rows: readonly Row[]): void {
    this.#chunks = [...this.#chunks, ...this.#chunked(rows)]
  }

  /** Newer rows than all that are here; known ones are left out. */
  prepend(rows: readonly Row[]): void {
    this.#chunks = [...this.#chunked(rows), ...this.#chunks]
  }

  /** Another telling of a known row: the higher rev wins. True where that changed anything. */
  update(row: Row): boolean {
    const chunk = this.#chunkOf(row.id)
    const known = chunk?.rows.find(({ id }) => id === row.id)
    if (!chunk || !known || known.rev >= row.rev) return false
    if (known.seq === row.seq) {
      this.#swap(
        chunk,
        chunk.rows.map((other) => (other === known ? row : other)),
      )
    } else {
      this.remove(row.id)
      this.insert(row)
    }
    return true
  }

  remove(id: string): void {
    const chunk = this.#chunkOf(id)
    if (!chunk) return
    this.#places.delete(id)
    this.#swap(
      chunk,
      chunk.rows.filter((row) => row.id !== id),
    )
  }

  /** A row that was not here, at its place. A full first chunk is closed rather than moved, so its elements stay. */
  insert(row: Row): void {
    if (this.has(row.id)) return
    const place = placeOf(row)
    this.#places.set(row.id, place)
    const [first] = this.#chunks
    if (!first || (place > this.#top(first) && first.rows.length >= CHUNK_ROWS)) {
      this.#chunks = [this.#chunk([row]), ...this.#chunks]
      return
    }
    const chunk = this.#chunks.find(({ rows }) => place > this.#place(rows.at(-1))) ?? this.#chunks.at(-1)
    if (!chunk) return
    const at = chunk.rows.findIndex((other) => this.#place(other) < place)
    const rows = [...chunk.rows]
    rows.splice(at < 0 ? rows.length : at, 0, row)
    if (rows.length < 3 * CHUNK_ROWS) {
      this.#swap(chunk, rows)
      return
    }
    const below = this.#chunk(rows.splice(CHUNK_ROWS))
    this.#chunks = this.#chunks.flatMap((each) => (each === chunk ? [{ ...chunk, rows }, below] : [each]))
  }

  /** Forgets whole chunks at one end until at most `most` rows are left. True where any went. */
  trim(end: 'newest' | 'oldest', most: number): boolean {
    const before = this.#chunks.length
    while (this.size > most && this.#chunks.length > 2) {
      const gone = this.#chunks.at(end === 'newest' ? 0 : -1) as Chunk
      for (const { id } of gone.rows) this.#places.delete(id)
      this.#chunks = end === 'newest' ? this.#chunks.slice(1) : this.#chunks.slice(0, -1)
    }
    return this.#chunks.length < before
  }

  #chunked(rows: readonly Row[]): Chunk[] {
    const fresh = rows.filter(({ id }) => !this.has(id))
    const chunks: Chunk[] = []
    for (let at = 0; at < fresh.length; at += CHUNK_ROWS)
      chunks.push(this.#chunk(fresh.slice(at, at + CHUNK_ROWS)))
    for (const row of fresh) this.#places.set(row.id, placeOf(row))
    return chunks
  }

  #chunk(rows: readonly Row[]): Chunk {
    this.#made += 1
    return { key: `${this.#made}`, rows }
  }

  #swap(chunk: Chunk, rows: readonly Row[]): void {
    this.#chunks = rows.length
      ? this.#chunks.map((each) => (each === chunk ? { key: chunk.key, rows } : each))
      : this.#chunks.filter((each) => each !== chunk)
  }

  #chunkOf(id: string): Chunk | undefined {
    const place = this.#places.get(id)
    if (place === undefined) return undefined
    return this.#chunks.find(({ rows }) => place >= this.#place(rows.at(-1)))
  }

  /** What has no seq keeps the place it was first given, also when it is edited. */
  #place(row: Row | undefined): number {
    return row ? (this.#places.get(row.id) ?? 0) : 0
  }

  #top(chunk: Chunk): number {
    return this.#place(chunk.rows[0])
  }
}
