import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { endChild, startPinned } from '../pinned-node.ts'
import type { Order, RemovalTimes } from './load/main.ts'
import type { Arrival } from './load/open-reader.ts'

/** One process has so many open files here. */
const MOST_EACH = 19_500
const MAIN = fileURLToPath(new URL('load/main.ts', import.meta.url))

/** The load: as many processes as its readers need, each from a network of its own. */
export class ReaderLoad {
  readonly #children: ChildProcess[] = []
  /** That each of them has. */
  readonly #readers: number[] = []
  readonly #core: number

  constructor(core: number) {
    this.#core = core
  }

  /** Resolves when all have joined, with how long that took. Those who are there already count for what a process can have. */
  async open(count: number, atOnce: number, arrival: Omit<Arrival, 'from'>): Promise<number> {
    const began = performance.now()
    await Promise.all(
      this.#spread(count).map((mine, index) => {
        if (!mine) return undefined
        const from = `127.0.${index + 1}`
        const order: Order = { do: 'open', count: mine, atOnce, arrival: { ...arrival, from } }
        return this.#tell(index, order)
      }),
    )
    return (performance.now() - began) / 1000
  }

  /** How many more each process is to have, so that in the end all have about as many. */
  #spread(count: number): number[] {
    const all = this.#readers.reduce((sum, each) => sum + each, count)
    const processes = Math.ceil(all / MOST_EACH)
    let rest = count
    const more = Array.from({ length: processes }, (_, index) => {
      const mine = Math.min(rest, Math.max(0, Math.ceil(all / processes) - (this.#readers[index] ?? 0)))
      rest -= mine
      return mine
    })
    for (const [index, mine] of more.entries()) this.#readers[index] = (this.#readers[index] ?? 0) + mine
    return more
  }

  /** `share` of a hundred readers confirm. By the first process, which has to have all readers. */
  remove(times: number, authorization: string, share: number): Promise<RemovalTimes> {
    return this.#tell(0, { do: 'remove', times, authorization, share }) as Promise<RemovalTimes>
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map(endChild))
  }

  async #tell(index: number, order: Order): Promise<unknown> {
    this.#children[index] ??= startPinned(this.#core, [MAIN], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const child = this.#children[index] as ChildProcess
    const ended = once(child, 'exit').then(() => {
      throw new Error('the load ended')
    })
    ended.catch(() => {})
    child.send(order)
    const [answer] = (await Promise.race([once(child, 'message'), ended])) as [unknown]
    return answer
  }
}
