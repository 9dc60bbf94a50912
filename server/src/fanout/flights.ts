/**
 * Asks once for all who want to know the same, and not again before a while has passed. Whoever comes while an answer is
 * under way gets the next one, so that nobody is told what was asked for before they came.
 */
export class Flights<Key, Value> {
  readonly #ask: (key: Key) => Promise<Value>
  readonly #restMs: number
  readonly #known = new Map<Key, { readonly begunAt: number; readonly next: Promise<Value> | undefined }>()

  constructor(restMs: number, ask: (key: Key) => Promise<Value>) {
    this.#restMs = restMs
    this.#ask = ask
  }

  ask(key: Key): Promise<Value> {
    const known = this.#known.get(key)
    if (known?.next) return known.next
    const begunAt = known?.begunAt ?? Number.NEGATIVE_INFINITY
    const next = this.#begin(key, begunAt + this.#restMs - performance.now())
    this.#known.set(key, { begunAt, next })
    return next
  }

  async #begin(key: Key, waitMs: number): Promise<Value> {
    // Whoever asks in this turn is asked for together.
    await (waitMs > 0 ? new Promise((resolve) => setTimeout(resolve, waitMs)) : Promise.resolve())
    const begun = { begunAt: performance.now(), next: undefined }
    this.#known.set(key, begun)
    setTimeout(() => {
      if (this.#known.get(key) === begun) this.#known.delete(key)
    }, this.#restMs)
    return this.#ask(key)
  }
}
