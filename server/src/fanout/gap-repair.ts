import type { RoomNews } from '../bus/bus.ts'
import type { Head, LogReader } from '../log/log.ts'
import { metrics } from '../metrics/metrics.ts'
import type { RoomId } from '../rooms/room.ts'
import { afterHearing } from './after-hearing.ts'
import type { NewsSequence } from './news-sequence.ts'

/** Most jumps are news that is merely late: several writers announce in no particular order. */
const LATE_MS = 30
const STEP = 500
const RETRY_MS = 500

/** Fills what is missing below the highest rev heard of: waits a moment, then reads the log, once at a time. */
export class GapRepair {
  readonly #room: RoomId
  readonly #log: Pick<LogReader, 'changesSince'>
  readonly #sequence: NewsSequence
  readonly #hear: (news: RoomNews) => void
  readonly #onSettled: () => void
  readonly #onDeleted: (head: Head) => void
  readonly #onFailure: (error: unknown) => void
  #callOff: (() => void) | undefined
  #reading = false
  #stopped = false

  constructor(parts: {
    room: RoomId
    log: Pick<LogReader, 'changesSince'>
    sequence: NewsSequence
    hear: (news: RoomNews) => void
    /** What was heard of is not in the log: nobody has to wait for it. */
    onSettled: () => void
    /** The log has deleted some of what is missing. */
    onDeleted: (head: Head) => void
    onFailure: (error: unknown) => void
  }) {
    this.#room = parts.room
    this.#log = parts.log
    this.#sequence = parts.sequence
    this.#hear = parts.hear
    this.#onSettled = parts.onSettled
    this.#onDeleted = parts.onDeleted
    this.#onFailure = parts.onFailure
  }

  /** Sees to it that a gap, if there is one, is filled. */
  check(wait = LATE_MS): void {
    if (this.#stopped || this.#reading || !this.#missing()) return
    if (this.#callOff) return
    const { head } = this.#sequence
    this.#callOff = afterHearing(wait, () => {
      this.#callOff = undefined
      // Where something came meanwhile, what is missing now is another thing, and most likely late as well.
      if (this.#sequence.head > head) this.check()
      else void this.#repair()
    })
  }

  stop(): void {
    this.#stopped = true
    this.#callOff?.()
  }

  #missing(): boolean {
    return this.#sequence.reach > this.#sequence.head
  }

  async #repair(): Promise<void> {
    this.#reading = true
    let wait = LATE_MS
    try {
      while (this.#missing() && !this.#stopped) await this.#read()
    } catch (error) {
      this.#onFailure(error)
      wait = RETRY_MS
    }
    this.#reading = false
    this.check(wait)
  }

  async #read(): Promise<void> {
    const { head } = this.#sequence
    const read = await this.#log.changesSince(this.#room, head, STEP)
    if (this.#stopped) return
    if (read.after > head) return this.#onDeleted({ epoch: read.epoch, rev: read.head })
    this.#hear(read)
    // What the log does not have was announced in another life of it; the next look at the head settles that.
    if (this.#sequence.head > head) return metrics.gapsRepaired.inc()
    this.#sequence.settle()
    this.#onSettled()
  }
}
