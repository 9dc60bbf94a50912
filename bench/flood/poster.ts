import { setTimeout as sleep } from 'node:timers/promises'
import { v7 as uuidv7 } from 'uuid'
import { writeMarker } from '../fanout/load/marker.ts'
import { type FloodPlan, microseconds } from './flood-plan.ts'

export interface Posting {
  readonly perSecond: number
  /** Characters of text of each post. */
  readonly size: number
  /** `Authorization` of those who post, in turns. */
  readonly posters: readonly string[]
}

export interface Posted {
  /** Milliseconds from when a post was due to its acceptance, in order of size. */
  readonly latencies: readonly number[]
  /** The items that were accepted. */
  readonly sequences: readonly number[]
  /** How often each other answer came. */
  readonly refused: ReadonlyMap<string, number>
  /** Why how many were sent again. */
  readonly again: ReadonlyMap<string, number>
}

const PATIENCE_MS = 30_000
const TRIES = 2
const WORDS = ' So it goes on, said somebody.'

const nothing = () => ({
  latencies: [] as number[],
  sequences: [] as number[],
  refused: new Map<string, number>(),
  again: new Map<string, number>(),
})

/** Posts at a steady pace, however long answers take: what is late counts from when it was due. */
export class Poster {
  readonly #plan: FloodPlan
  readonly #posting: Posting
  readonly #underWay = new Set<Promise<void>>()
  #posted = nothing()
  #sent = 0
  #stopped = false
  #beat: Promise<void> | undefined

  constructor(plan: FloodPlan, posting: Posting) {
    this.#plan = plan
    this.#posting = posting
  }

  start(): void {
    this.#beat = this.#go()
  }

  /** What was answered since this was last called. */
  take(): Posted {
    const posted = this.#posted
    this.#posted = nothing()
    posted.latencies.sort((a, b) => a - b)
    return posted
  }

  /** Resolves when the last post is answered. */
  async stop(): Promise<void> {
    this.#stopped = true
    await this.#beat
    await Promise.all(this.#underWay)
  }

  async #go(): Promise<void> {
    const { perSecond } = this.#posting
    const begun = performance.now()
    while (!this.#stopped) {
      const due = ((performance.now() - begun) * perSecond) / 1000
      while (this.#sent < due) {
        const sequence = this.#sent++
        const post = this.#post(sequence, begun + (sequence * 1000) / perSecond)
        this.#underWay.add(post)
        post.finally(() => this.#underWay.delete(post))
      }
      await sleep(1)
    }
  }

  async #post(sequence: number, due: number): Promise<void> {
    const { urls, rooms } = this.#plan
    const { posters, size } = this.#posting
    const pick = <T>(list: readonly T[]): T => list[sequence % list.length] as T
    const late = (performance.now() - due) * 1000
    const text = writeMarker(microseconds() - late, sequence) + WORDS.repeat(200)
    const post = { id: uuidv7(), author: { name: 'Flood' }, text: text.slice(0, size) }
    const address = `${pick(urls)}/v1/rooms/${pick(rooms)}/items`
    const outcome = await this.#send(address, pick(posters), JSON.stringify(post))
    const { latencies, sequences, refused } = this.#posted
    if (outcome === '201' || outcome === '200') {
      latencies.push(performance.now() - due)
      sequences.push(sequence)
    } else refused.set(outcome, (refused.get(outcome) ?? 0) + 1)
  }

  /** As clients do: where no answer came the same post is sent again, which is the same post however often it comes. */
  async #send(address: string, authorization: string, body: string): Promise<string> {
    for (let tries = 0; ; tries++) {
      try {
        const headers = { authorization, 'content-type': 'application/json' }
        const signal = AbortSignal.timeout(PATIENCE_MS)
        const answer = await fetch(address, { method: 'POST', headers, body, signal })
        const { code } = (await answer.json()) as { code?: string }
        return `${answer.status}${code ? ` ${code}` : ''}`
      } catch (error) {
        const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
        const why = `${message}: ${cause?.code ?? cause?.message ?? ''}`
        if (tries === TRIES) return why
        this.#posted.again.set(why, (this.#posted.again.get(why) ?? 0) + 1)
      }
    }
  }
}
