import type { Worker } from 'node:cluster'
import { type Figure, KeptFigures } from './kept-figures.ts'
import { reportToPrimary, tellWorker, type WorkerOrder, type WorkerReport } from './messages.ts'

/**
 * Of a worker that does not answer in time what it said last is shown. Longer than the second that one takes to find
 * that Postgres is away, so that this is told at once; who asked waits for a little longer still.
 */
const ANSWER_MS = 1500
const GATHER_MS = 2500

type Measure = () => Promise<readonly Figure[]>

/** The primary process's part: asks all workers for their figures on behalf of the one that was asked. */
export class FiguresDesk {
  readonly #measure: Measure
  readonly #workers = new Set<Worker>()
  readonly #kept = new KeptFigures()
  readonly #answers = new Map<number, () => void>()
  #asked = 0

  /** `measure` gives the primary process's own. */
  constructor(measure: Measure) {
    this.#measure = measure
  }

  add(worker: Worker): void {
    this.#workers.add(worker)
    worker.on('exit', () => {
      this.#workers.delete(worker)
      this.#kept.ended(worker.id)
    })
    worker.on('message', (report: WorkerReport) => {
      if (report.type === 'figures') this.#hear(worker, report.ask, report.figures)
      else if (report.type === 'figures-wanted') void this.#gather(worker, report.ask)
    })
  }

  async #gather(asker: Worker, ask: number): Promise<void> {
    const [own] = await Promise.all([
      this.#measure(),
      ...[...this.#workers].map((worker) => this.#ask(worker)),
    ])
    tellWorker(asker, { type: 'figures-gathered', ask, all: [own, ...this.#kept.all] })
  }

  #hear(worker: Worker, ask: number, figures: readonly Figure[]): void {
    // The last words of a worker may come after its end.
    if (this.#workers.has(worker)) this.#kept.heard(worker.id, ask, figures)
    this.#answers.get(ask)?.()
  }

  #ask(worker: Worker): Promise<void> {
    this.#asked += 1
    const ask = this.#asked
    const answer = new Promise<void>((resolve) => {
      this.#answers.set(ask, resolve)
      setTimeout(resolve, ANSWER_MS)
    })
    tellWorker(worker, { type: 'figures-asked', ask })
    return answer.finally(() => this.#answers.delete(ask))
  }
}

/** A worker's part: answers the primary process, and asks it for the figures of all. */
export class WorkerFigures {
  readonly #measure: Measure
  readonly #gathered = new Map<number, (all: readonly (readonly Figure[])[] | undefined) => void>()
  #asked = 0

  constructor(measure: Measure) {
    this.#measure = measure
  }

  hear(order: WorkerOrder): void {
    if (order.type === 'figures-gathered') this.#gathered.get(order.ask)?.(order.all)
    else if (order.type === 'figures-asked')
      void this.#measure().then((figures) => reportToPrimary({ type: 'figures', ask: order.ask, figures }))
  }

  /** The figures of all processes of the node; undefined where the primary process does not answer. */
  readonly gather = (): Promise<readonly (readonly Figure[])[] | undefined> => {
    this.#asked += 1
    const ask = this.#asked
    const answer = new Promise<readonly (readonly Figure[])[] | undefined>((resolve) => {
      this.#gathered.set(ask, resolve)
      setTimeout(resolve, GATHER_MS)
    })
    void reportToPrimary({ type: 'figures-wanted', ask })
    return answer.finally(() => this.#gathered.delete(ask))
  }
}
