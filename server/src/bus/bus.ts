import type { RoomId } from '../rooms/room.ts'

/** One change as it is sent, written once by whoever appended it. */
export interface EncodedChange {
  readonly rev: number
  /** The item that it is about; null for changes of the room itself. */
  readonly item: string | null
  /** JSON of the `Change` as readers see it; null where they see nothing, which is so only of items that they never saw. */
  readonly readers: string | null
  /** JSON of the `Change` as staff see it. */
  readonly staff: string
}

/** All that one append did to one room: the revs in (`after`, `to`] of `epoch`, oldest first. */
export interface RoomNews {
  readonly epoch: string
  readonly after: number
  readonly to: number
  readonly changes: readonly EncodedChange[]
  /** When the oldest post of it was asked for, by `performance.now` of the process that has this; for metrics alone. */
  readonly since?: number
}

/** Stands for no room in particular: what processes of a deployment tell each other of themselves. */
export const EVERYWHERE = 0 as RoomId

export type NewsListener = (news: RoomNews) => void

export interface Subscription {
  /**
   * Resolves once news published anywhere from now on would be heard; rejects after a deadline of 1 s. Either way
   * news of this process is heard from the start, and that of others as soon as they can be reached.
   */
  readonly ready: Promise<void>
  /** Nothing is heard from the moment this returns. */
  end(): void
}

/**
 * Carries news between the processes of a deployment. It may lose, repeat, delay and reorder: whoever listens
 * checks revs and reads the log. Listeners in the publishing process hear of it even where the network is away.
 */
export interface Bus {
  /** Never throws and never waits for the network; local listeners have heard it when it returns. */
  publish(room: RoomId, news: RoomNews): void
  subscribe(room: RoomId, listener: NewsListener): Subscription
  /** True while news of other processes arrives, as far as is known. */
  connected(): boolean
  /**
   * When it last lost anything that it heard by, however soon that was back, by `performance.now`; `-Infinity` where it
   * never has. Absent where it cannot.
   */
  lostAt?(): number
  /** Where what was published lately is kept for processes that begin later; absent where it is not. */
  readonly windows?: RecentWindows
  close(): Promise<void>
}

/** The newest changes of rooms, kept beside the bus. Rejects where that is away. */
export interface RecentWindows {
  /**
   * All that happened in (`after`, `to`], each item once and as it was last told; undefined where nothing is kept. It
   * may be behind the log, never ahead of it in the same epoch.
   */
  read(room: RoomId): Promise<RoomNews | undefined>
  /** What was read from the log and goes up to its head is kept before what is kept already. */
  refill(room: RoomId, read: RoomNews): Promise<void>
}
