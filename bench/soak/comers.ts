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
      socket.onclose = () => resolve()
    })
  }

  async #stream(): Promise<void> {
    const abort = new AbortController()
    const answer = await fetch(`${this.#url}/v1/stream?room=${this.#room}`, { signal: abort.signal })
    await answer.body?.getReader().read()
    abort.abort()
  }

  async #poll(): Promise<void> {
    await (await fetch(`${this.#url}/v1/poll?room=${this.#room}&wait=0`)).arrayBuffer()
  }

  async #page(): Promise<void> {
    await (await fetch(`${this.#url}/v1/rooms/${this.#room}/items?limit=50`)).arrayBuffer()
  }
}
