import type { Marker } from './marker.ts'

/** Who has got what: each message has to reach each reader once and in order. */
export class Tally {
  readonly #next: Int32Array
  /** How many readers wait for message n. */
  readonly #waiting = new Map<number, number>()
  readonly #latencies: number[] = []
  readonly #measure: () => boolean
  deliveries = 0
  wrong = 0
  /** Messages that everybody has. */
  complete = 0

  constructor(readers: number, measure: () => boolean) {
    this.#next = new Int32Array(readers)
    this.#waiting.set(0, readers)
    this.#measure = measure
  }

  /** Milliseconds, in order. */
  latencies(): number[] {
    return this.#latencies.sort((a, b) => a - b)
  }

  /** `reader` has got `markers` at `now`, in microseconds. */
  count(reader: number, markers: readonly Marker[], now: number): void {
    const before = this.#next[reader] as number
    let next = before
    for (const { sequence } of markers) {
      if (sequence === next) next += 1
      else this.wrong += 1
    }
    if (next === before) return
    this.#next[reader] = next
    this.deliveries += next - before
    if (this.#measure()) for (const { sentAt } of markers) this.#latencies.push((now - sentAt) / 1000)
    this.#move(before, next)
  }

  #move(from: number, to: number): void {
    const left = (this.#waiting.get(from) as number) - 1
    this.#waiting.set(from, left)
    this.#waiting.set(to, (this.#waiting.get(to) ?? 0) + 1)
    while (!this.#waiting.get(this.complete)) {
      this.#waiting.delete(this.complete)
      this.complete += 1
    }
  }
}
