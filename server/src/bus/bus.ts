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
}

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
  close(): Promise<void>
}
