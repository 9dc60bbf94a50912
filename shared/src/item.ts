import Type, { type Static } from 'typebox'
import type { Body } from './body.ts'
import { LIMITS } from './limits.ts'

const closed = { additionalProperties: false } as const

/** A UUID of any version, as callers make them (version 7 by default). */
export const ItemId = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'A UUID in lower case',
})

export const StaffRole = Type.Union([
  Type.Literal('owner'),
  Type.Literal('admin'),
  Type.Literal('moderator'),
  Type.Literal('author'),
])
export type StaffRole = Static<typeof StaffRole>

export const Author = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: LIMITS.authorNameCharacters }),
    url: Type.Optional(Type.String({ maxLength: LIMITS.urlCharacters })),
    avatar: Type.Optional(Type.String({ maxLength: LIMITS.urlCharacters })),
    role: Type.Optional(StaffRole),
  },
  closed,
)
export type Author = Static<typeof Author>

/** Sizes and depth are checked by `bodyExcess`; the shape is the door's own making. */
export const BodySchema = Type.Unsafe<Body>(
  Type.Array(Type.Unknown(), {
    description: 'A tree of text: strings, and elements with a type and children',
  }),
)

const Time = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' })
const Rev = Type.Integer({ minimum: 1 })

/** An item as a reader has it. Of two tellings of one item the higher `rev` wins. */
export const LiveItem = Type.Object({
  id: ItemId,
  /** Its place in the room for ever. Null only for staff, while it is held and was never public. */
  seq: Type.Union([Rev, Type.Null()]),
  rev: Rev,
  kind: Type.String(),
  author: Author,
  body: BodySchema,
  text: Type.String(),
  /** The body as one would type it; only where one item is read by whoever may edit it. */
  source: Type.Optional(Type.String()),
  postedAt: Time,
  editedAt: Type.Optional(Time),
  pinned: Type.Optional(Type.Literal(true)),
  highlight: Type.Optional(Type.Literal(true)),
  /** Staff only: held back from readers. */
  held: Type.Optional(Type.Literal(true)),
  /** Staff only: taken down; its text is shown to staff so that they can restore it. */
  removedAt: Type.Optional(Time),
})
export type LiveItem = Static<typeof LiveItem>

/** What is left of an item that was taken down. */
export const RemovedItem = Type.Object({
  id: ItemId,
  seq: Type.Union([Rev, Type.Null()]),
  rev: Rev,
  removed: Type.Literal(true),
})
export type RemovedItem = Static<typeof RemovedItem>

export const Item = Type.Union([LiveItem, RemovedItem])
export type Item = Static<typeof Item>

export function isRemoved(item: Item): item is RemovedItem {
  return 'removed' in item
}
