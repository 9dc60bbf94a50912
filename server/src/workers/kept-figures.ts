import { AggregatorRegistry } from 'prom-client'

/** A metric as prom-client's registries say it, with all its values. They say its type as a word, their types do not. */
export interface Figure {
  readonly type: unknown
}

interface Last {
  readonly ask: number
  readonly figures: readonly Figure[]
}

/**
 * What each worker said last, and what those that have ended had counted: Prometheus takes a counter that falls for one
 * that began anew, and all that is left of the sum for new.
 *
 * What a worker counted after it last said so, and before it was killed, is lost. It was never shown, so that no sum
 * falls: it is only a little less than happened.
 */
export class KeptFigures {
  readonly #last = new Map<number, Last>()
  #ended: readonly Figure[] = []

  /** `ask` rises from one question to the next: answers may overtake each other. */
  heard(worker: number, ask: number, figures: readonly Figure[]): void {
    if (ask > (this.#last.get(worker)?.ask ?? 0)) this.#last.set(worker, { ask, figures })
  }

  /** The worker is gone, and is not heard of again. What it had just then, such as its readers, is gone too. */
  ended(worker: number): void {
    const counted = (this.#last.get(worker)?.figures ?? []).filter(
      ({ type }) => type === 'counter' || type === 'histogram',
    )
    this.#last.delete(worker)
    if (counted.length > 0) this.#ended = sum([this.#ended, counted])
  }

  get all(): readonly (readonly Figure[])[] {
    return [...[...this.#last.values()].map(({ figures }) => figures), this.#ended]
  }
}

/** As plain data, which another process can be sent. */
function sum(all: (readonly Figure[])[]): Figure[] {
  const metrics = AggregatorRegistry.aggregate(all).getMetricsAsArray() as unknown as (Figure & {
    get: unknown
  })[]
  return metrics.map(({ get, ...figure }) => figure)
}
