import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { metricsOf } from '../../../e2e/parts/metrics-of.ts'
import { maskedText } from '../../fanout/load/web-socket-frames.ts'
import { spread } from '../../flood/spread.ts'
import type { RemovalTimes } from './main.ts'

const REST_MS = 200
const PATIENCE_MS = 20_000

/** So long is waited between two looks at what the node has counted. */
const LOOK_MS = 5

/**
 * Posts an item, waits until every reader has it, removes it, and notes when each reader has confirmed that, by an
 * `ack` in the turn in which it is told, and when the node has counted all of these.
 */
export class Removals {
  readonly #url: string
  readonly #items: string
  readonly #room: string
  readonly #readers: () => number
  /** What readers are waited for to get, and since when. */
  #needle: Buffer | undefined
  #began = 0
  /** Who has got it. */
  #told = new Uint8Array(0)
  #share = 100
  #left = 0
  #times: number[] = []
  /** What every reader answers with; the same for all, because all are told of the same position. */
  #ack: Buffer | undefined
  #done = () => {}

  constructor({ port, room, readers }: { port: number; room: string; readers: () => number }) {
    this.#url = `http://127.0.0.1:${port}`
    this.#items = `${this.#url}/v1/rooms/${room}/items`
    this.#room = room
    this.#readers = readers
  }

  hear(reader: number, bytes: Buffer, socket: Socket): void {
    if (!this.#needle || this.#told[reader] || !bytes.includes(this.#needle)) return
    this.#told[reader] = 1
    if (this.#confirms(reader)) {
      this.#ack ??= this.#ackOf(bytes)
      socket.write(this.#ack)
    }
    this.#times.push(performance.now() - this.#began)
    this.#left -= 1
    if (this.#left === 0) this.#done()
  }

  #ackOf(frame: Buffer): Buffer {
    const position = /"position":"([^"]+)"/.exec(frame.toString())?.[1]
    if (!position) throw new Error('a frame with changes and no position')
    return maskedText(JSON.stringify({ type: 'ack', positions: { [this.#room]: position } }))
  }

  /** `share`: of a hundred readers, how many confirm. */
  async run(times: number, authorization: string, share: number): Promise<RemovalTimes> {
    this.#share = share
    const headers = { authorization, 'content-type': 'application/json' }
    const told: number[] = []
    const counted: number[] = []
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
      await this.#everybodyGets('"removed":true', async () => {
        const began = performance.now()
        await check(await fetch(`${this.#items}/${id}`, { method: 'DELETE', headers: { authorization } }))
        answered.push(performance.now() - began)
      })
      told.push(...this.#times)
      last.push(this.#times.at(-1) as number)
      counted.push(performance.now() - this.#began)
      await sleep(REST_MS)
    }
    return { answered, last, counted, told: spread(told.sort((a, b) => a - b)) }
  }

  /** Resolves when every reader has got `needle` and the node has counted who confirms; times are in milliseconds after `act` began. */
  async #everybodyGets(needle: string, act: () => Promise<void>): Promise<void> {
    this.#left = this.#readers()
    this.#told = new Uint8Array(this.#left)
    this.#times = []
    this.#ack = undefined
    this.#needle = undefined
    const before = await this.#acks()
    this.#needle = Buffer.from(needle)
    const everybody = new Promise<void>((resolve) => {
      this.#done = resolve
    })
    this.#began = performance.now()
    await act()
    await Promise.race([everybody, sleep(PATIENCE_MS, undefined, { ref: false })])
    if (this.#left > 0) throw new Error(`${this.#left} readers have not confirmed ${needle}`)
    const all = before + this.#confirming()
    while ((await this.#acks()) < all) {
      if (performance.now() > this.#began + PATIENCE_MS)
        throw new Error('the node has not counted every `ack`')
      await sleep(LOOK_MS)
    }
  }

  #confirms(reader: number): boolean {
    return reader % 100 < this.#share
  }

  #confirming(): number {
    return Array.from({ length: this.#readers() }).filter((_, reader) => this.#confirms(reader)).length
  }

  /** How many the node has read. */
  async #acks(): Promise<number> {
    const figures = await metricsOf({ url: this.#url })
    return (
      (figures.get('halley_acks_total{state="current"}') ?? 0) +
      (figures.get('halley_acks_total{state="behind"}') ?? 0)
    )
  }
}

async function check(answer: Response): Promise<void> {
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${answer.status}: ${text}`)
}
