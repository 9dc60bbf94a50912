import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

const HEARD_WITHIN_MS = 30_000

/** Posts at a rate, whoever is slow; each is tried once, so that what fails anywhere on the way is counted. */
export class SteadyPosts {
  readonly accepted: string[] = []
  /** Answers by status. */
  readonly statuses = new Map<number, number>()
  readonly failures: string[] = []
  readonly #url: string
  readonly #token = `Guest ${randomBytes(32).toString('base64url')}`
  readonly #waiting = new Set<Promise<void>>()

  constructor(url: string) {
    this.#url = url
  }

  /** `perSecond` posts over the rooms in turns, until the signal; resolves when all are answered. */
  async postUntil(signal: AbortSignal, rooms: readonly string[], perSecond: number): Promise<void> {
    const began = performance.now()
    for (let n = 0; !signal.aborted; n += 1) {
      const post = this.#post(rooms[n % rooms.length] as string, n)
      this.#waiting.add(post)
      void post.finally(() => this.#waiting.delete(post))
      const early = (n * 1000) / perSecond - (performance.now() - began)
      if (early > 1) await sleep(early)
      // A machine that is behind goes on with the posts that are out, and makes no heap of them.
      while (this.#waiting.size >= 200) await Promise.race(this.#waiting)
    }
    await Promise.all(this.#waiting)
  }

  async #post(room: string, n: number): Promise<void> {
    const id = randomUUID()
    try {
      const answer = await fetch(`${this.#url}/v1/rooms/${room}/items`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: this.#token },
        body: JSON.stringify({ id, text: `post ${n}`, author: { name: 'Ada' } }),
        signal: AbortSignal.timeout(HEARD_WITHIN_MS),
      })
      const text = await answer.text()
      this.statuses.set(answer.status, (this.statuses.get(answer.status) ?? 0) + 1)
      if (answer.status === 200 || answer.status === 201) this.accepted.push(id)
      else this.failures.push(`${answer.status} ${text.slice(0, 200)}`)
    } catch (error) {
      this.failures.push(String((error as Error).cause ?? error))
    }
  }
}
