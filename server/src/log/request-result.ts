import type { RoomFacts } from '@halley/shared'
import type { ItemRow } from './item-row.ts'
import type { Outcome } from './outcome.ts'

/** What `append_changes` says of one request; `rev` is the change's where it is done, else the room's head. */
export type RequestResult = {
  readonly n: number
  readonly status: Outcome['status']
  readonly epoch: string
  readonly rev: number
  readonly facts: RoomFacts | null
} & ({ readonly id: null } | ItemRow)
