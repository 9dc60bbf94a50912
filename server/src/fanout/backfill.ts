import { LIMITS } from '@halley/shared'
import type { LogReader } from '../log/log.ts'
import type { Channel } from './channel.ts'

/** Reads what is older than a channel's window, once for all who wait for it. */
export class Backfill {
  readonly #channel: Channel
  readonly #log: Pick<LogReader, 'changesSince'>
  #wanted: number[] = []
  #reading: Promise<void> | undefined

  constructor(channel: Channel, log: Pick<LogReader, 'changesSince'>) {
    this.#channel = channel
    this.#log = log
  }

  /** Resolves when the window goes back to `rev`, or when it cannot be made to. Rejects where the log cannot be read. */
  async reach(rev: number): Promise<void> {
    // A read that has begun may not go back far enough; the one after it does.
    for (let reads = 0; reads < 2 && !this.#channel.window.covers(rev); reads++) {
      if (this.#reading) {
        this.#wanted.push(rev)
        await this.#reading
      } else {
        this.#reading = this.#read(Math.min(rev, ...this.#wanted.splice(0))).finally(() => {
          this.#reading = undefined
        })
        await this.#reading
      }
    }
  }

  async #read(after: number): Promise<void> {
    this.#channel.extendBack(await this.#log.changesSince(this.#channel.id, after, LIMITS.catchUpChanges))
  }
}
