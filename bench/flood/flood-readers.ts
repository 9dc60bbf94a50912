import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { endChild, startPinned } from '../pinned-node.ts'
import { audiences, type FloodPlan } from './flood-plan.ts'
import type { FloodOrder, FloodReport } from './load/main.ts'

/** A process may have 20,000 open files in many places. */
const MOST_EACH = 19_500
const MAIN = fileURLToPath(new URL('load/main.ts', import.meta.url))

export interface Told {
  /** Milliseconds from posting to the last reader, by item; of items that everybody has got since the last report. */
  readonly last: ReadonlyMap<number, number>
  readonly deliveries: number
  readonly bytes: number
  readonly lost: number
  readonly uneven: number
}

/** All readers of a flood, in as many processes as they need. */
export class FloodReaders {
  readonly #plan: FloodPlan
  readonly #children: ChildProcess[]
  /** For each process, how many of its readers follow each room. */
  readonly #audiences: number[][]
  /** Items that only some of the processes have complete. */
  readonly #partly = new Map<number, { processes: number; ms: number }>()

  private constructor(plan: FloodPlan, children: ChildProcess[], shares: number[][]) {
    this.#plan = plan
    this.#children = children
    this.#audiences = shares
  }

  /** Resolves when every reader has joined; rejects where one could not. `core` is where they run. */
  static async open(plan: FloodPlan, core: number): Promise<FloodReaders> {
    const count = Math.ceil(plan.readers / MOST_EACH)
    const bounds = Array.from({ length: count + 1 }, (_, n) => Math.floor((plan.readers * n) / count))
    const children = bounds
      .slice(1)
      .map(() => startPinned(core, [MAIN], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))
    const shares = children.map((_, n) => audiences(plan, bounds[n] as number, bounds[n + 1] as number))
    const readers = new FloodReaders(plan, children, shares)
    const isHere = plan.urls.every((url) => new URL(url).hostname === '127.0.0.1')
    try {
      await Promise.all(
        children.map((child, n) => {
          const [from, to] = [bounds[n] as number, bounds[n + 1] as number]
          const network = isHere ? { network: `127.0.${n + 1}` } : {}
          return tell(child, { do: 'open', plan, from, to, atOnce: Math.ceil(128 / count), ...network })
        }),
      )
    } catch (error) {
      await readers.end()
      throw error
    }
    return readers
  }

  get pids(): number[] {
    return this.#children.flatMap(({ pid }) => pid ?? [])
  }

  /** How many get an item. */
  audienceOf(sequence: number): number {
    return this.#audiences.reduce((sum, counts) => sum + this.#share(counts, sequence), 0)
  }

  async report(): Promise<Told> {
    const reports = await Promise.all(
      this.#children.map((child) => tell(child, { do: 'report' }) as Promise<FloodReport>),
    )
    const last = new Map<number, number>()
    for (const [sequence, ms] of reports.flatMap(({ complete }) => complete)) {
      const sofar = this.#partly.get(sequence) ?? { processes: 0, ms: 0 }
      const now = { processes: sofar.processes + 1, ms: Math.max(sofar.ms, ms) }
      const wanted = this.#audiences.filter((counts) => this.#share(counts, sequence) > 0).length
      if (now.processes < wanted) this.#partly.set(sequence, now)
      else {
        this.#partly.delete(sequence)
        last.set(sequence, now.ms)
      }
    }
    const sum = (of: (report: FloodReport) => number): number =>
      reports.reduce((total, report) => total + of(report), 0)
    return {
      last,
      deliveries: sum(({ deliveries }) => deliveries),
      bytes: sum(({ bytes }) => bytes),
      lost: sum(({ lost }) => lost),
      uneven: sum(({ uneven }) => uneven),
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map(endChild))
  }

  #share(counts: readonly number[], sequence: number): number {
    return counts[sequence % this.#plan.rooms.length] as number
  }
}

async function tell(child: ChildProcess, order: FloodOrder): Promise<unknown> {
  const abort = new AbortController()
  const ended = once(child, 'exit', { signal: abort.signal }).then(() => {
    throw new Error('the load ended')
  })
  ended.catch(() => {})
  child.send(order)
  const [answer] = (await Promise.race([once(child, 'message'), ended])) as [{ error?: string }]
  abort.abort()
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer
}
