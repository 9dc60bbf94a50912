import type { Author, Body, ChangeType, RoomFacts } from '@halley/shared'

/** An item as the log keeps it now. Times are RFC 3339 in UTC. */
export interface ItemRecord {
  readonly id: string
  readonly seq: number | null
  readonly rev: number
  readonly kind: string
  readonly author: Author
  readonly poster: string | null
  readonly body: Body
  readonly text: string
  readonly state: 'live' | 'held' | 'removed'
  readonly highlight: boolean
  readonly postedAt: string
  readonly editedAt: string | null
  readonly pinnedAt: string | null
  readonly removedAt: string | null
}

/** One step of a room, with its item as it is now (after this step, or a later one). */
export interface ChangeRecord {
  readonly rev: number
  readonly type: ChangeType
  readonly item: ItemRecord | null
  readonly room: RoomFacts | null
}
