import { setTimeout as sleep } from 'node:timers/promises'
import type { RemovalTimes } from './main.ts'

const REST_MS = 200
const PATIENCE_MS = 20_000

/** Posts an item, waits until every reader has it, removes it, and notes when each reader is told. */
export class Removals {
  readonly #items: string
  readonly #readers: () => number
  /** What readers are waited for to get, and since when. */
  #needle: Buffer | undefined
  #round = 0
  #began = 0
  #told = new Uint32Array(0)
  #left = 0
  #times: number[] = []
  #done = () => {}

  constructor({ port, room, readers }: { port: number; room: string; readers: () => number }) {
    this.#items = `http://127.0.0.1:${port}/v1/rooms/${room}/items`
    this.#readers = readers
  }

  hear(reader: number, bytes: Buffer): void {
    if (!this.#needle || this.#told[reader] === this.#round || !bytes.includes(this.#needle)) return
    this.#told[reader] = this.#round
    this.#times.push(performance.now() - this.#began)
    this.#left -= 1
    if (this.#left === 0) this.#done()
  }

  async run(times: number, authorization: string): Promise<RemovalTimes> {
    const headers = { authorization, 'content-type': 'application/json' }
    const all: number[] = []
    const last: number[] = []
    const answered: number[] = []
    for (let time = 0; time < times; time++) {
      const id = crypto.randomUUID()
      await this.#everybodyGets(id, async () => {
        const body = JSON.stringify({
          id,
          author: { name: 'Ada' },
          text: `to be taken down ${'x'.repeat(200)}`,
        })
        await check(await fetch(this.#items, { method: 'POST', headers, body }))
      })
      await sleep(REST_MS)
      const told = await this.#everybodyGets('"removed":true', async () => {
        const began = performance.now()
        await check(await fetch(`${this.#items}/${id}`, { method: 'DELETE', headers: { authorization } }))
        answered.push(performance.now() - began)
      })
      all.push(...told)
      last.push(told.at(-1) as number)
      await sleep(REST_MS)
    }
    all.sort((a, b) => a - b)
    const at = (share: number) => all[Math.floor(all.length * share)] as number
    return { answered, last, p50: at(0.5), p99: at(0.99) }
  }

  /** When each reader got `needle`, in milliseconds after `act` began. */
  async #everybodyGets(needle: string, act: () => Promise<void>): Promise<number[]> {
    this.#round += 1
    this.#left = this.#readers()
    this.#told = new Uint32Array(this.#left)
    this.#times = []
    this.#needle = Buffer.from(needle)
    const everybody = new Promise<void>((resolve) => {
      this.#done = resolve
    })
    this.#began = performance.now()
    await act()
    await Promise.race([everybody, sleep(PATIENCE_MS, undefined, { ref: false })])
    if (this.#left > 0) throw new Error(`${this.#left} readers were not told of ${needle}`)
    return this.#times
  }
}

async function check(answer: Response): Promise<void> {
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${answer.status}: ${text}`)
}
