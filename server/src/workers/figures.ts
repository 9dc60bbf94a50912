import type { Worker } from 'node:cluster'
import { reportToPrimary, tellWorker, type WorkerOrder, type WorkerReport } from './messages.ts'

/** A worker that does not answer in time is left out; who asked waits for a little longer than that. */
const ANSWER_MS = 1000
const GATHER_MS = 1500

type Measure = () => Promise<unknown>

/** The primary process's part: asks all workers for their figures on behalf of the one that was asked. */
export class FiguresDesk {
  readonly #measure: Measure
  readonly #workers = new Set<Worker>()
  readonly #answers = new Map<number, (figures: unknown) => void>()
  #asked = 0

  /** `measure` gives the primary process's own. */
  constructor(measure: Measure) {
    this.#measure = measure
  }

  add(worker: Worker): void {
    this.#workers.add(worker)
    worker.on('exit', () => this.#workers.delete(worker))
    worker.on('message', (report: WorkerReport) => {
      if (report.type === 'figures') this.#answers.get(report.ask)?.(report.figures)
      else if (report.type === 'figures-wanted') void this.#gather(worker, report.ask)
    })
  }

  async #gather(asker: Worker, ask: number): Promise<void> {
    const said = await Promise.all([
      this.#measure(),
      ...[...this.#workers].map((worker) => this.#ask(worker)),
    ])
    const all = said.filter((figures) => figures !== undefined)
    tellWorker(asker, { type: 'figures-gathered', ask, all })
  }

  #ask(worker: Worker): Promise<unknown> {
    this.#asked += 1
    const ask = this.#asked
    const answer = new Promise((resolve) => {
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
  readonly #gathered = new Map<number, (all: readonly unknown[] | undefined) => void>()
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
  readonly gather = (): Promise<readonly unknown[] | undefined> => {
    this.#asked += 1
    const ask = this.#asked
    const answer = new Promise<readonly unknown[] | undefined>((resolve) => {
      this.#gathered.set(ask, resolve)
      setTimeout(resolve, GATHER_MS)
    })
    void reportToPrimary({ type: 'figures-wanted', ask })
    return answer.finally(() => this.#gathered.delete(ask))
  }
}
