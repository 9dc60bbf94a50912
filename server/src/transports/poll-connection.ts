import { goawayFrame } from '../fanout/encode-frame.ts'
import type { Frame } from '../fanout/frame.ts'
import type { Reader } from '../fanout/reader.ts'
import { traffic } from '../metrics/traffic.ts'
import type { Whence } from './admission.ts'
import type { Connection } from './connections.ts'
import type { House } from './seat.ts'
import { Seats } from './seats.ts'
import type { Held } from './unread-answers.ts'

/** News seldom comes alone; in a busy room every answer begins another request. */
const GATHER_MS = 100

/**
 * One poll: gathers frames until there is something to tell, or until it has waited long enough. Nothing is noted
 * about what was answered; an answer that is lost on the way is asked for again from the same position.
 */
export class PollConnection implements Connection, Reader {
  readonly seats: Seats
  /** Resolves with the body of the answer. */
  readonly answer: Promise<string>
  readonly #resolve: (body: string) => void
  /** Where the asker is, by room. */
  readonly #since: ReadonlyMap<string, string | undefined>
  readonly #held: Held
  readonly #frames: string[] = []
  #timer: NodeJS.Timeout | undefined
  #characters = 0
  #hasNews = false
  #isWaiting = false
  #isGathering = false
  #isOver = false

  /** `held` is released by whoever sends the answer. */
  constructor(house: House, whence: Whence, since: ReadonlyMap<string, string | undefined>, held: Held) {
    this.seats = new Seats(house, this, whence)
    this.#since = since
    this.#held = held
    const { promise, resolve } = Promise.withResolvers<string>()
    this.answer = promise
    this.#resolve = resolve
  }

  /** To be called once all joins were answered: from now on it ends soon after the first news. */
  waitFor(waitMs: number): void {
    // Whoever went away meanwhile is not waited for.
    if (this.#isOver) return
    this.#isWaiting = true
    if (this.#hasNews || waitMs === 0) this.finish()
    else this.#timer = setTimeout(() => this.finish(), waitMs)
  }

  get transport(): 'poll' {
    return 'poll'
  }

  send(frame: Frame): void {
    // What comes after the answer would be held for nobody.
    if (this.#isOver || frame.type === 'head') return
    this.#frames.push(frame.json)
    this.#characters += frame.json.length
    this.#held.add(frame.json.length)
    // A join where the asker is already tells nothing new; without a position to come back from, everything is new.
    const known = frame.type === 'joined' && frame.position === this.#since.get(frame.room as string)
    if (!known) this.#hasNews = true
    if (this.#isWaiting && this.#hasNews) this.#gather()
  }

  /** Beyond any bound where too much is left unread: then this one gathers no more. */
  queuedBytes(): number {
    return this.#held.isTooMuch ? Number.POSITIVE_INFINITY : this.#characters
  }

  /** Enough was gathered: the next poll brings the rest. */
  cut(): void {
    this.finish()
  }

  tick(): void {}

  goAway(afterMs: number): void {
    this.send(goawayFrame(afterMs))
    this.finish()
  }

  end(): void {
    this.finish()
  }

  destroy(): void {
    this.finish()
  }

  finish(): void {
    clearTimeout(this.#timer)
    this.seats.leaveAll()
    const body = `{"frames":[${this.#frames.join(',')}]}`
    if (!this.#isOver) traffic.bytes.poll += Buffer.byteLength(body)
    this.#isOver = true
    this.#resolve(body)
  }

  #gather(): void {
    if (this.#isGathering) return
    this.#isGathering = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.finish(), GATHER_MS)
  }
}
