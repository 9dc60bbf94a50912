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
}

const PATIENCE_MS = 30_000
const WORDS = ' So it goes on, said somebody.'

/** Posts at a steady pace, however long answers take: what is late counts from when it was due. */
export class Poster {
  readonly #plan: FloodPlan
  readonly #posting: Posting
  readonly #underWay = new Set<Promise<void>>()
  #posted = { latencies: [] as number[], sequences: [] as number[], refused: new Map<string, number>() }
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
    this.#posted = { latencies: [], sequences: [], refused: new Map() }
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
    let outcome: string
    try {
      const answer = await fetch(`${pick(urls)}/v1/rooms/${pick(rooms)}/items`, {
        method: 'POST',
        headers: { authorization: pick(posters), 'content-type': 'application/json' },
        body: JSON.stringify({ id: uuidv7(), author: { name: 'Flood' }, text: text.slice(0, size) }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      const { code } = (await answer.json()) as { code?: string }
      outcome = `${answer.status}${code ? ` ${code}` : ''}`
    } catch (error) {
      outcome = error instanceof Error ? error.message : String(error)
    }
    const { latencies, sequences, refused } = this.#posted
    if (outcome === '201') {
      latencies.push(performance.now() - due)
      sequences.push(sequence)
    } else refused.set(outcome, (refused.get(outcome) ?? 0) + 1)
  }
}
