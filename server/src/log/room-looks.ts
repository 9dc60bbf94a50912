import type { RoomFacts, Visibility } from '@halley/shared'
import type { Database } from '../db/database.ts'
import { orUnavailable } from '../db/or-unavailable.ts'
import { Problem } from '../problem.ts'
import type { RoomId } from '../rooms/room.ts'
import type { RoomLook } from './log.ts'

/** Looks under way at once: one that hangs does not hold up the others, and a storm takes no more connections. */
const FLIGHTS = 2

interface Row extends RoomFacts {
  readonly id: RoomId
  readonly epoch: string
  readonly rev: number
  readonly altered: number
  readonly items: number
  readonly visibility: Visibility
}

/**
 * Looks at where rooms are. Whoever asks in one turn of the event loop, or while enough looks are under way, is
 * answered by the same one; it always begins after they asked, so that it shows whatever was acknowledged before.
 */
export class RoomLooks {
  readonly #database: Database
  #waiting = new Map<RoomId, PromiseWithResolvers<RoomLook>>()
  #flights = 0

  constructor(database: Database) {
    this.#database = database
  }

  /** Rejects with `Problem` `unavailable` while the database is away, `room-unknown` of a room that is gone. */
  of(room: RoomId): Promise<RoomLook> {
    const asked = this.#waiting.get(room) ?? Promise.withResolvers<RoomLook>()
    if (this.#waiting.size === 0) setImmediate(() => this.#fly())
    this.#waiting.set(room, asked)
    return asked.promise
  }

  async #fly(): Promise<void> {
    if (this.#flights === FLIGHTS || this.#waiting.size === 0) return
    const asked = this.#waiting
    this.#waiting = new Map()
    this.#flights += 1
    try {
      const found = await orUnavailable(this.#look([...asked.keys()]))
      for (const [room, { resolve, reject }] of asked) {
        const counts = found.get(room)
        if (counts) resolve(counts)
        else reject(new Problem('room-unknown'))
      }
    } catch (error) {
      for (const { reject } of asked.values()) reject(error)
    }
    this.#flights -= 1
    this.#fly()
  }

  async #look(rooms: RoomId[]): Promise<Map<RoomId, RoomLook>> {
    const rows = await this.#database.sql<Row[]>`
      SELECT id, epoch, rev, altered, item_count AS items, title, state, posting, visibility
      FROM rooms WHERE id = ANY (${rooms as number[]}::bigint[])`
    return new Map(
      rows.map(({ id, epoch, rev, altered, items, ...facts }) => [
        id,
        { head: { epoch, rev }, altered, items, facts },
      ]),
    )
  }
}
