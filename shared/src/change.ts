import Type, { type Static } from 'typebox'
import { Item } from './item.ts'
import { RoomFacts } from './room.ts'

/** One step of a room. A reader who does not know a type applies the `item` that comes with it. */
export const CHANGE_TYPES = [
  'posted',
  'edited',
  'removed',
  'restored',
  'held',
  'released',
  'pinned',
  'unpinned',
  'highlighted',
  'unhighlighted',
  'room',
] as const
export type ChangeType = (typeof CHANGE_TYPES)[number]

export const Change = Type.Object({
  rev: Type.Integer({ minimum: 1 }),
  type: Type.Unsafe<ChangeType>(Type.String({ description: CHANGE_TYPES.join(', ') })),
  item: Type.Optional(Item),
  room: Type.Optional(RoomFacts),
})
export type Change = Static<typeof Change>
