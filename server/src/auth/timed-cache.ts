/** Milliseconds that somebody with an old answer waits for a new one, where old answers stand in. */
const PATIENCE_MS = 300

interface Entry<V> {
  value: Promise<V>
  readonly until: number
  /** The last answer that there was, and when it was asked for. */
  good: { readonly answer: V; readonly at: number } | undefined
  /** The last question failed, or was not answered in good time. */
  late: boolean
}

interface Options {
  /** A clock in milliseconds. */
  readonly now?: () => number
  /** Milliseconds for which an answer stands in where asking again fails or takes long. */
  readonly staleMs?: number
}

/** Remembers answers for a while, and no more than `size` of them: the oldest goes first. */
export class TimedCache<V> {
  readonly #entries = new Map<string, Entry<V>>()
  readonly #lifeMs: number
  readonly #size: number
  readonly #now: () => number
  readonly #staleMs: number

  constructor(lifeMs: number, size: number, { now = () => performance.now(), staleMs = 0 }: Options = {}) {
    this.#lifeMs = lifeMs
    this.#size = size
    this.#now = now
    this.#staleMs = staleMs
  }

  /**
   * The remembered answer, else what `load` says, asked once however many wait for it. An answer is as old as its
   * question; failures are not remembered.
   */
  get(key: string, load: () => Promise<V>): Promise<V> {
    const known = this.#entries.get(key)
    if (known && known.until > this.#now()) return known.value
    const entry = this.#ask(load, known)
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    if (this.#entries.size > this.#size) this.#entries.delete(this.#entries.keys().next().value as string)
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key)
    })
    return entry.value
  }

  #ask(load: () => Promise<V>, known: Entry<V> | undefined): Entry<V> {
    const at = this.#now()
    const good = known?.good && at - known.good.at < this.#staleMs ? known.good : undefined
    const asked = load()
    const entry: Entry<V> = { value: asked, until: at + this.#lifeMs, good, late: known?.late ?? false }
    if (good) entry.value = this.#inGoodTime(asked, entry, good.answer)
    asked.then(
      (answer) => Object.assign(entry, { value: asked, good: { answer, at }, late: false }),
      () => {
        entry.late = true
      },
    )
    return entry
  }

  /** The new answer, or the old one where the new one fails or is not there soon. */
  async #inGoodTime(asked: Promise<V>, entry: Entry<V>, old: V): Promise<V> {
    const late = Promise.withResolvers<V>()
    const giveUp = () => {
      entry.late = true
      late.resolve(old)
    }
    const timer = setTimeout(giveUp, entry.late ? 0 : PATIENCE_MS)
    try {
      return await Promise.race([asked, late.promise])
    } catch {
      return old
    } finally {
      clearTimeout(timer)
    }
  }
}
