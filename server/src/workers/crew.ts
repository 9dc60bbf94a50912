import type { Worker } from 'node:cluster'
import type { Logger } from '../logger.ts'
import { CrashLoop } from './crash-loop.ts'
import { type CrewState, tellWorker, type WorkerReport } from './messages.ts'
import { Pauses } from './pauses.ts'

/** How often it is looked whether a crash loop is over. */
const LOOK_MS = 5000

interface Place {
  readonly number: number
  readonly pauses: Pauses
  worker: Worker | undefined
  serving: boolean
  again: NodeJS.Timeout | undefined
}

/** Keeps so many workers serving, until it is told to go. */
export class Crew {
  /** Workers that ended without being told to. */
  crashes = 0
  readonly #fork: () => Worker
  readonly #log: Logger & { fatal(facts: object, message: string): void }
  readonly #places: Place[]
  readonly #loop = new CrashLoop()
  readonly #begun = Promise.withResolvers<string>()
  readonly #gone = Promise.withResolvers<void>()
  #looking: NodeJS.Timeout | undefined
  #complete = false
  #going = false
  #told = ''

  /** `fork` starts a worker and tells it what it needs to begin. */
  constructor(parts: {
    readonly size: number
    readonly fork: () => Worker
    readonly log: Logger & { fatal(facts: object, message: string): void }
  }) {
    this.#fork = parts.fork
    this.#log = parts.log
    this.#places = Array.from({ length: parts.size }, (_, index) => ({
      number: index + 1,
      pauses: new Pauses(),
      worker: undefined,
      serving: false,
      again: undefined,
    }))
  }

  get state(): CrewState {
    const serving = this.#places.filter((place) => place.serving).length
    return { workers: this.#places.length, serving, crashLoop: this.#loop.on(performance.now()) }
  }

  /** Resolves with the address once all serve; rejects where one ends before that: what cannot start is not tried again. */
  start(): Promise<string> {
    for (const place of this.#places) this.#begin(place)
    this.#looking = setInterval(() => this.#tellAll(), LOOK_MS)
    return this.#begun.promise
  }

  /** All go away together, so that their readers do so evenly over the window. Resolves when none is left. */
  drain({ delayMs, windowMs }: { delayMs: number; windowMs: number }): Promise<void> {
    this.#going = true
    clearInterval(this.#looking)
    for (const { worker, again } of this.#places) {
      clearTimeout(again)
      if (worker) tellWorker(worker, { type: 'drain', delayMs, windowMs })
    }
    this.#resolveIfGone()
    return this.#gone.promise
  }

  hurry(): void {
    for (const { worker } of this.#places) if (worker) tellWorker(worker, { type: 'hurry' })
  }

  #begin(place: Place): void {
    const worker = this.#fork()
    const began = performance.now()
    let why: string | undefined
    place.worker = worker
    worker.on('message', (report: WorkerReport) => {
      if (report.type === 'failed') why = report.why
      if (report.type !== 'serving') return
      place.serving = true
      this.#log.info({ worker: place.number, process: worker.process.pid }, 'a worker serves')
      this.#tellAll()
      this.#complete ||= this.#places.every(({ serving }) => serving)
      if (this.#complete) this.#begun.resolve(report.url)
    })
    worker.on('error', (err) => this.#log.warn({ err, worker: place.number }, 'a worker is not reached'))
    worker.on('exit', (code, signal) => {
      place.worker = undefined
      place.serving = false
      // A terminal's Ctrl-C reaches a worker that does not listen yet; the node starts all the same, then goes.
      const early = signal === 'SIGINT' || signal === 'SIGTERM'
      if (this.#going) this.#resolveIfGone()
      else if (!this.#complete && !early)
        this.#begun.reject(new Error(why ?? `a worker ended with ${signal ?? code}`))
      else this.#crashed(place, performance.now() - began, { code, signal, why })
    })
  }

  #crashed(place: Place, lifeMs: number, facts: object): void {
    this.crashes += 1
    const pause = Math.round(place.pauses.after(lifeMs))
    const about = { worker: place.number, crashes: this.crashes, againInMs: pause, ...facts }
    this.#log.error(about, 'a worker has ended: starting it again')
    if (this.#loop.add(performance.now()))
      this.#log.fatal(about, 'workers end again and again: what they log says why; they are tried for ever')
    place.again = setTimeout(() => this.#begin(place), pause)
    this.#tellAll()
  }

  /** Each worker answers for all of them when it is asked how this node is. */
  #tellAll(): void {
    const { state } = this
    const told = JSON.stringify(state)
    if (told === this.#told) return
    this.#told = told
    for (const { worker, serving } of this.#places)
      if (worker && serving) tellWorker(worker, { type: 'crew', ...state })
  }

  #resolveIfGone(): void {
    if (this.#places.every(({ worker }) => worker === undefined)) this.#gone.resolve()
  }
}
