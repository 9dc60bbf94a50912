import { setTimeout as sleep } from 'node:timers/promises'
import type { PostedItem } from '@halley/shared'
import type { Writer } from '../parts/writer.ts'
import type { Removal, Removals } from './removals.ts'

/** Somebody who edits and takes down what the writers were told is stored, again and again until it is done. */
export class Moderator {
  edits = 0
  /** Tries that ended without a 2xx. */
  failures = 0
  /** Refusals that no fault explains. */
  readonly complaints: string[] = []
  readonly #left = new AbortController()
  readonly #url: () => string
  readonly #place: { readonly room: string; readonly moderator: string }
  readonly #removals: Removals
  readonly #told: (removal: Removal, epoch: string) => void

  /** `told` is called with each removal in the moment in which it is answered. */
  constructor(
    url: () => string,
    place: { readonly room: string; readonly moderator: string },
    removals: Removals,
    told: (removal: Removal, epoch: string) => void,
  ) {
    this.#url = url
    this.#place = place
    this.#removals = removals
    this.#told = told
  }

  /** Every second time something is taken down, half of it while it is pinned, else it is edited; `pauseMs` apart. */
  async workUntil(signal: AbortSignal, writers: readonly Writer[], pauseMs: number): Promise<void> {
    for (let n = 1; !signal.aborted; n += 1) {
      await sleep(pauseMs)
      const id = this.#choose(writers)
      if (id === undefined) continue
      if (n % 4 === 0) await this.#untilDone('POST', `${id}/pin`)
      if (n % 2 === 0) await this.#remove(id)
      else await this.#edit(id, `edited, the ${n}th thing done`)
    }
  }

  /** Gives up what is not done yet. */
  leave(): void {
    this.#left.abort()
  }

  /** Something that is stored and stands, sooner something new. */
  #choose(writers: readonly Writer[]): string | undefined {
    const stored = writers
      .flatMap(({ accepted }) => accepted.slice(-50))
      .filter(({ id, status }) => status !== 202 && !this.#removals.byId.has(id))
    return stored[Math.floor(Math.random() * stored.length)]?.id
  }

  async #remove(id: string): Promise<void> {
    const answer = await this.#untilDone('DELETE', id)
    if (!answer) return
    const removal = { id, rev: answer.item.rev, toldAt: performance.now() }
    this.#removals.add(removal)
    this.#told(removal, answer.position.split(':')[0] as string)
  }

  async #edit(id: string, text: string): Promise<void> {
    if (await this.#untilDone('PATCH', id, { text })) this.edits += 1
  }

  async #untilDone(method: string, path: string, body?: object): Promise<PostedItem | undefined> {
    while (!this.#left.signal.aborted) {
      const answer = await this.#try(method, path, body).catch(() => undefined)
      if (answer?.status === 200) return answer.body as PostedItem
      this.failures += 1
      if (answer && answer.status < 500) {
        this.complaints.push(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
        return undefined
      }
      await sleep(20 + Math.random() * 80)
    }
    return undefined
  }

  async #try(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${this.#url()}/v1/rooms/${this.#place.room}/items/${path}`, {
      method,
      headers: {
        authorization: this.#place.moderator,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(10_000), this.#left.signal]),
    })
    return { status: answer.status, body: await answer.json() }
  }
}
