interface Entry<V> {
  readonly value: Promise<V>
  readonly until: number
}

/** Remembers answers for a while, and no more than `size` of them: the oldest goes first. */
export class TimedCache<V> {
  readonly #entries = new Map<string, Entry<V>>()
  readonly #lifeMs: number
  readonly #size: number
  readonly #now: () => number
  readonly #orStale: boolean

  /** `now` is a clock in milliseconds. `orStale`: where asking again fails, the last answer stands. */
  constructor(
    lifeMs: number,
    size: number,
    { now = () => performance.now(), orStale = false }: { now?: () => number; orStale?: boolean } = {},
  ) {
    this.#lifeMs = lifeMs
    this.#size = size
    this.#now = now
    this.#orStale = orStale
  }

  /**
   * The remembered answer, else what `load` says, asked once however many wait for it. An answer is as old as its
   * question; failures are not remembered.
   */
  get(key: string, load: () => Promise<V>): Promise<V> {
    const known = this.#entries.get(key)
    if (known && known.until > this.#now()) return known.value
    const until = this.#now() + this.#lifeMs
    const asked = load()
    const entry: Entry<V> = { value: this.#orStale && known ? asked.catch(() => known.value) : asked, until }
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    if (this.#entries.size > this.#size) this.#entries.delete(this.#entries.keys().next().value as string)
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    })
    return entry.value
  }
}
