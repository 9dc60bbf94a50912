import type { Worker } from 'node:cluster'
import type { Figure } from './kept-figures.ts'

/** What the processes of a node are doing, as operators are told. */
export interface CrewState {
  readonly workers: number
  /** Those that serve just now. */
  readonly serving: number
  /** Workers end again and again, and are waited for longer and longer. */
  readonly crashLoop: boolean
}

/** What only the primary process knows, because it made or decided it. */
export interface Beginning {
  readonly databaseUrl: string
  readonly secretKey: string | undefined
  readonly demo: 'none' | 'reader' | 'all'
}

/** What the primary process tells a worker, beside news. */
export type WorkerOrder =
  | ({ readonly type: 'begin' } & Beginning)
  | ({ readonly type: 'crew' } & CrewState)
  | { readonly type: 'drain'; readonly delayMs: number; readonly windowMs: number }
  | { readonly type: 'hurry' }
  /** What does this process measure? And: this is what all of them do. */
  | { readonly type: 'figures-asked'; readonly ask: number }
  | { readonly type: 'figures-gathered'; readonly ask: number; readonly all: readonly (readonly Figure[])[] }

/** What a worker tells the primary process, beside news. */
export type WorkerReport =
  | { readonly type: 'serving'; readonly url: string }
  | { readonly type: 'failed'; readonly why: string }
  | { readonly type: 'figures-wanted'; readonly ask: number }
  | { readonly type: 'figures'; readonly ask: number; readonly figures: readonly Figure[] }

/** A worker that is gone is not told. */
export function tellWorker(worker: Worker, order: WorkerOrder): void {
  if (worker.isConnected()) worker.send(order, ignore)
}

/** Called in a worker. Resolves once it is sent: what ends then has said why. */
export function reportToPrimary(report: WorkerReport): Promise<void> {
  return new Promise((resolve) => {
    if (!process.send || !process.connected) resolve()
    else process.send(report, undefined, undefined, () => resolve())
  })
}

const ignore = (): void => {}
