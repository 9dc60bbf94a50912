import { LIMITS } from '@halley/shared'
import type { RecentWindows, RoomNews } from '../bus/bus.ts'
import type { LogReader } from '../log/log.ts'
import type { RoomId } from '../rooms/room.ts'
import type { Channel } from './channel.ts'
import { within } from './within.ts'

/** How long the shared window is waited for. */
const SHARED_MS = 250
const ENOUGH = 200

/**
 * Reads what is older than a channel's window, once for all who wait for it: from the window that processes share
 * where it goes back far enough, else from the log.
 */
export class Backfill {
  readonly #channel: Channel
  readonly #log: Pick<LogReader, 'changesSince'>
  readonly #shared: RecentWindows | undefined
  #wanted: number[] = []
  #reading: Promise<void> | undefined

  constructor(channel: Channel, log: Pick<LogReader, 'changesSince'>, shared?: RecentWindows) {
    this.#channel = channel
    this.#log = log
    this.#shared = shared
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

  /** Begins a channel of which the log cannot be asked with what is shared; false where that is nothing. */
  async begin(): Promise<boolean> {
    const shared = await readShared(this.#shared, this.#channel.id)
    if (!shared || this.#channel.exists) return this.#channel.exists
    const head = { epoch: shared.epoch, rev: shared.to }
    this.#channel.learn(head, head)
    this.#channel.extendBack(shared)
    return true
  }

  /** Fills what is shared from the log where it has less than a page, for the day on which the log is away. */
  async fillShared(): Promise<void> {
    const { id, head, exists } = this.#channel
    if (!this.#shared || !exists) return
    const shared = await readShared(this.#shared, id)
    const isWhole = shared?.epoch === head.epoch && shared.to >= head.rev
    if (isWhole && (shared.after === 0 || shared.changes.length >= ENOUGH)) return
    const after = Math.max(0, head.rev - LIMITS.catchUpChanges)
    const read = await this.#log.changesSince(id, after, LIMITS.catchUpChanges)
    if (read.to === read.head) await this.#shared.refill(id, read)
  }

  async #read(after: number): Promise<void> {
    const { id, window } = this.#channel
    // It is believed as far as it reaches the head that the log has told of; what is newer was heard since.
    const shared = await readShared(this.#shared, this.#channel.id)
    if (shared) this.#channel.extendBack(shared)
    if (window.covers(after)) return
    const read = await this.#log.changesSince(id, after, LIMITS.catchUpChanges)
    this.#channel.extendBack(read)
    if (read.to === read.head) this.#shared?.refill(id, read).catch(() => {})
  }
}

/** What processes share of a room; undefined where that is nothing, or takes too long. */
export async function readShared(
  windows: RecentWindows | undefined,
  room: RoomId,
): Promise<RoomNews | undefined> {
  return (
    windows &&
    within(
      SHARED_MS,
      windows.read(room).catch(() => undefined),
    )
  )
}
