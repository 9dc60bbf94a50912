import { get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

/** Who comes and goes beside those who stay, on every transport: what they leave behind would add up. */
export class Comers {
  readonly #url: string
  readonly #room: string
  #stopped = false
  #work: Promise<void> | undefined
  came = 0
  failed = 0

  constructor(url: string, room: string) {
    this.#url = url
    this.#room = room
  }

  start(perSecond: number): void {
    this.#work = this.#go(perSecond)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#work
  }

  async #go(perSecond: number): Promise<void> {
    const visits = [() => this.#socket(), () => this.#stream(), () => this.#poll(), () => this.#page()]
    for (let n = 0; !this.#stopped; n++) {
      const visit = visits[n % visits.length] as () => Promise<void>
      this.came += 1
      visit().catch(() => {
        this.failed += 1
      })
      await sleep(1000 / perSecond)
    }
  }

  #socket(): Promise<void> {
    const socket = new WebSocket(`${this.#url.replace('http', 'ws')}/v1/socket`, 'halley.v1')
    return new Promise((resolve, reject) => {
      socket.onopen = () => socket.send(JSON.stringify({ type: 'join', room: this.#room }))
      socket.onmessage = () => socket.close()
      socket.onerror = reject
      socket.onclose = ({ wasClean }) => (wasClean ? resolve() : reject(new Error('cut')))
    })
  }

  async #stream(): Promise<void> {
    const answer = await this.#ask(`/v1/stream?room=${this.#room}`)
    return new Promise((resolve, reject) => {
      answer.once('data', () => answer.destroy())
      answer.once('close', resolve)
      answer.once('error', reject)
    })
  }

  #poll(): Promise<void> {
    return this.#whole(`/v1/poll?room=${this.#room}&wait=0`)
  }

  #page(): Promise<void> {
    return this.#whole(`/v1/rooms/${this.#room}/items?limit=50`)
  }

  async #whole(path: string): Promise<void> {
    for await (const _ of await this.#ask(path));
  }

  /** By a connection of its own that ends with the answer: one that is kept for the next would count as somebody's. */
  #ask(path: string): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const told = (answer: IncomingMessage): void => {
        if (answer.statusCode === 200) resolve(answer)
        else answer.destroy(new Error(`${path} was answered ${answer.statusCode}`)).once('error', reject)
      }
      get(`${this.#url}${path}`, { agent: false }, told).once('error', reject)
    })
  }
}
