import type { EncodedChange, RecentWindows, RoomNews } from '../bus/bus.ts'
import type { RoomId } from '../rooms/room.ts'
import { readShared } from './backfill.ts'
import type { Channel } from './channel.ts'
import { Flights } from './flights.ts'

/** However many ask for a room's, it is put together no more often: it may be a thousand changes. */
const REST_MS = 250

interface RecentParts {
  readonly windows: RecentWindows | undefined
  /** The channel of a room where this process serves it and hears all that happens there. */
  readonly followed: (room: RoomId) => Channel | undefined
  /** Items that readers of a room are not to be shown. */
  readonly hidden: (room: RoomId) => ReadonlySet<string> | undefined
}

interface Found {
  readonly shared: RoomNews | undefined
  readonly known: RoomNews | undefined
}

/** What is known of rooms without the log: as this process heard it, or as the processes share it. */
export class RecentNews {
  readonly #parts: RecentParts
  readonly #flights: Flights<RoomId, Found>

  constructor(parts: RecentParts) {
    this.#parts = parts
    this.#flights = new Flights(REST_MS, (room) => this.#find(room))
  }

  /** As processes share it after this call; undefined where that is nothing. */
  async shared(room: RoomId): Promise<RoomNews | undefined> {
    return this.#parts.windows && (await this.#flights.ask(room)).shared
  }

  /** Whatever reaches further, as readers may be shown it. */
  async shown(room: RoomId): Promise<RoomNews | undefined> {
    const { known } = await this.#flights.ask(room)
    const hidden = this.#parts.hidden(room)
    if (!known || !hidden) return known
    const readers = (change: EncodedChange) => (hidden.has(change.item ?? '') ? null : change.readers)
    return { ...known, changes: known.changes.map((change) => ({ ...change, readers: readers(change) })) }
  }

  async #find(room: RoomId): Promise<Found> {
    const shared = await readShared(this.#parts.windows, room)
    const channel = this.#parts.followed(room)
    if (!channel) return { shared, known: shared }
    const own = { ...channel.window.all(), epoch: channel.head.epoch }
    if (!shared || shared.epoch !== own.epoch || shared.to < own.to) return { shared, known: own }
    return { shared, known: shared.to > own.to || shared.after < own.after ? shared : own }
  }
}
