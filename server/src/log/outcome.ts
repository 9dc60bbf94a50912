import type { ItemRecord } from './item-record.ts'

/** What became of a change request. Refusals are answers, not exceptions; only broken parts throw. */
export type Outcome =
  /** Committed as the change `rev`. `item` is null for changes of the room itself. */
  | {
      readonly status: 'done'
      readonly epoch: string
      readonly rev: number
      readonly item: ItemRecord | null
    }
  /** Nothing to do: the same post again, or the item is already so. `rev` is the room's head. */
  | {
      readonly status: 'unchanged'
      readonly epoch: string
      readonly rev: number
      readonly item: ItemRecord | null
    }
  | { readonly status: 'id-taken' }
  | { readonly status: 'item-unknown' }
  | { readonly status: 'item-removed' }
  | { readonly status: 'changed'; readonly item: ItemRecord }
  | { readonly status: 'room-closed' }
