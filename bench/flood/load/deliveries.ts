import type { Marker } from '../../fanout/load/marker.ts'

/** An item that every reader of a process has got: which one, and milliseconds from posting it to the last of them. */
export type Complete = readonly [sequence: number, ms: number]

/** Who has got what. Items may come in any order; the room's order is the server's. */
export class Deliveries {
  readonly #audienceOf: (sequence: number) => number
  /** How many readers still wait for an item. */
  readonly #left = new Map<number, number>()
  readonly #sums: number[] = []
  #complete: Complete[] = []
  count = 0

  constructor(audienceOf: (sequence: number) => number) {
    this.#audienceOf = audienceOf
  }

  /** `reader` has got `markers` at `now`, in microseconds. An item's body and its text each have its marker. */
  take(reader: number, markers: readonly Marker[], now: number): void {
    let before = -1
    for (const { sequence, sentAt } of markers) {
      if (sequence === before) continue
      before = sequence
      this.count += 1
      this.#sums[reader] = (this.#sums[reader] ?? 0) + sequence + 1
      const left = (this.#left.get(sequence) ?? this.#audienceOf(sequence)) - 1
      if (left === 0) {
        this.#left.delete(sequence)
        this.#complete.push([sequence, (now - sentAt) / 1000])
      } else this.#left.set(sequence, left)
    }
  }

  /** What has become complete since this was last called. */
  complete(): Complete[] {
    const complete = this.#complete
    this.#complete = []
    return complete
  }

  /** Items that some have and others do not; one that came twice is among them, because then it waits for more. */
  get open(): number {
    return this.#left.size
  }

  /** How many readers have got other items than the first of those who follow the same. */
  uneven(readers: number, sameAs: (reader: number) => string): number {
    const sums = new Map<string, number>()
    let uneven = 0
    for (let reader = 0; reader < readers; reader++) {
      const key = sameAs(reader)
      const sum = this.#sums[reader] ?? 0
      if (!sums.has(key)) sums.set(key, sum)
      else if (sums.get(key) !== sum) uneven += 1
    }
    return uneven
  }
}
