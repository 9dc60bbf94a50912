import type { Author, RoomFacts } from '@halley/shared'
import type { ItemRow } from './item-row.ts'
import type { Outcome } from './outcome.ts'

/** Author, body and text are null where the request says them itself. */
type ToldItem = Omit<ItemRow, 'author'> & { readonly author: Author | null }

/** What `append_changes` says of one request; `rev` is the change's where it is done, else the room's head. */
export type RequestResult = {
  readonly n: number
  readonly status: Outcome['status']
  readonly epoch: string
  readonly rev: number
  readonly facts: RoomFacts | null
} & ({ readonly id: null } | ToldItem)
