import type { RoomFacts } from '@halley/shared'
import type { Outcome } from './outcome.ts'

/** What `append_changes` says of one request; `rev` is the change's where it is done, else the room's head. */
export interface RequestResult {
  readonly n: number
  readonly status: Outcome['status']
  readonly epoch: string
  readonly rev: number
  /** Of changes of the room itself: the room as it is now. */
  readonly facts: RoomFacts | null
  /** Of posts. */
  readonly posted_at: string | null
}
