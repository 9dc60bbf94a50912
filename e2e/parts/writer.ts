import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Accepted {
  readonly id: string
  readonly text: string
  /** `201`: stored by this very request; `200`: an earlier try had been stored; `202`: kept, and stored later. */
  readonly status: 200 | 201 | 202
}

/** Somebody who posts as a guest and tries again with the same id until they are told that it is kept. */
export class Writer {
  readonly accepted: Accepted[] = []
  /** Tries that ended without a `201` or `200`. */
  failures = 0
  readonly #url: () => string
  readonly #room: string
  readonly #name: string
  readonly #left = new AbortController()
  readonly #token = `Guest ${randomBytes(32).toString('base64url')}`

  constructor(url: () => string, room: string, name: string) {
    this.#url = url
    this.#room = room
    this.#name = name
  }

  /**
   * Posts one after the other, `pauseMs` apart, until the signal; resolves when the last one is stored. Each ends with
   * `more`.
   */
  async writeUntil(signal: AbortSignal, pauseMs = 5, more = ''): Promise<void> {
    for (let n = 1; !signal.aborted; n += 1) {
      await this.post(`${this.#name} says ${n}${more}`)
      await sleep(pauseMs)
    }
  }

  /** Gives up what is not accepted yet: `post` rejects. */
  leave(): void {
    this.#left.abort()
  }

  async post(text: string): Promise<Accepted> {
    const id = randomUUID()
    for (let tries = 0; tries < 2000; tries += 1) {
      this.#left.signal.throwIfAborted()
      const status = await this.#try(id, text).catch(() => 0)
      if (status === 201 || status === 200 || status === 202) {
        const accepted = { id, text, status } as const
        this.accepted.push(accepted)
        return accepted
      }
      if (status >= 400 && status < 500 && status !== 429) throw new Error(`a post was refused: ${status}`)
      this.failures += 1
      await sleep(5 + Math.random() * 40)
    }
    throw new Error(`the post ${id} was not stored after many tries`)
  }

  async #try(id: string, text: string): Promise<number> {
    const answer = await fetch(`${this.#url()}/v1/rooms/${this.#room}/items`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: this.#token },
      body: JSON.stringify({ id, text, author: { name: this.#name } }),
      signal: AbortSignal.any([AbortSignal.timeout(10_000), this.#left.signal]),
    })
    // An answer that breaks off in its body counts as no answer.
    await answer.arrayBuffer()
    return answer.status
  }
}
