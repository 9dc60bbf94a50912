/** Remembers answers for a while, and no more than `size` of them: the oldest goes first. */
export class TimedCache<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly until: number }>()
  readonly #lifeMs: number
  readonly #size: number
  readonly #now: () => number

  constructor(lifeMs: number, size: number, now: () => number = () => performance.now()) {
    this.#lifeMs = lifeMs
    this.#size = size
    this.#now = now
  }

  /** The remembered answer, else what `load` says; failures are not remembered. */
  async get(key: string, load: () => Promise<V>): Promise<V> {
    const entry = this.#entries.get(key)
    if (entry && entry.until > this.#now()) return entry.value
    const until = this.#now() + this.#lifeMs
    const value = await load()
    this.#entries.delete(key)
    this.#entries.set(key, { value, until })
    if (this.#entries.size > this.#size) this.#entries.delete(this.#entries.keys().next().value as string)
    return value
  }
}
