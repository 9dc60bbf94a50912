import Type, { type Static } from 'typebox'
import { Author, Item, ItemId, LiveItem } from './item.ts'
import { LIMITS } from './limits.ts'
import { AckFrame, JoinFrame, ServerFrame, View } from './protocol.ts'
import { Slug, Stale } from './room.ts'

export const RoomParams = Type.Object({ site: Slug, room: Slug })
export type RoomParams = Static<typeof RoomParams>
export const ItemParams = Type.Object({ site: Slug, room: Slug, id: ItemId })
export type ItemParams = Static<typeof ItemParams>

const Cursor = Type.String({ maxLength: 64, description: 'From `older` or `newer` of another page' })

/** At most one of `before`, `after` and `around`. */
export const ItemsQuery = Type.Object({
  before: Type.Optional(Cursor),
  after: Type.Optional(Cursor),
  around: Type.Optional(ItemId),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: LIMITS.pageItems, default: LIMITS.defaultPageItems }),
  ),
  /** Only makes the address another one after a removal or an edit, so that caches cannot serve the old page. */
  altered: Type.Optional(Type.Integer({ minimum: 0 })),
  view: Type.Optional(Type.Literal('staff')),
})
export type ItemsQuery = Static<typeof ItemsQuery>

export const ItemQuery = Type.Object({ view: Type.Optional(Type.Literal('staff')) })
export type ItemQuery = Static<typeof ItemQuery>

/** Newest first. Complete for its range at `position`. */
export const ItemsPage = Type.Object({
  items: Type.Array(LiveItem),
  position: Type.String(),
  /** Cursors to the pages before and after this one in time; null at the room's first item, or at its newest. */
  older: Type.Union([Type.String(), Type.Null()]),
  newer: Type.Union([Type.String(), Type.Null()]),
  /** The rev of the room's last change that was no post. */
  altered: Type.Integer({ minimum: 0 }),
  /** Pinned items of the room, newest pin first; only on the newest page (no cursor). */
  pinned: Type.Optional(Type.Array(LiveItem)),
  stale: Stale,
})
export type ItemsPage = Static<typeof ItemsPage>

export const PostItem = Type.Object({
  id: Type.Optional(ItemId),
  /** Guests and keys name the author; for people signed in by a JWT the token does. */
  author: Type.Optional(Type.Pick(Author, ['name', 'url', 'avatar'])),
  text: Type.String({ minLength: 1 }),
  media: Type.Optional(Type.Unknown()),
  highlight: Type.Optional(Type.Boolean()),
})
export type PostItem = Static<typeof PostItem>
export const PostedItem = Type.Object({ item: Item, position: Type.String() })
export type PostedItem = Static<typeof PostedItem>
export const HeldItem = Type.Object({
  id: ItemId,
  status: Type.Union([Type.Literal('held'), Type.Literal('queued')]),
})
export type HeldItem = Static<typeof HeldItem>

export const EditItem = Type.Object({ text: Type.String({ minLength: 1 }) })
export type EditItem = Static<typeof EditItem>
export const ModerationReason = Type.Object({ reason: Type.Optional(Type.String({ maxLength: 500 })) })
export type ModerationReason = Static<typeof ModerationReason>

const Rooms = Type.Union([Type.String({ maxLength: 300 }), Type.Array(Type.String({ maxLength: 300 }))])

/** `room=site/room@POSITION`, as often as there are rooms; without a position: from now on. */
export const StreamQuery = Type.Object({
  room: Type.Optional(Rooms),
  view: Type.Optional(View),
})
export type StreamQuery = Static<typeof StreamQuery>
export const PollQuery = Type.Object({
  room: Type.Optional(Rooms),
  view: Type.Optional(View),
  /** Seconds to wait for something to happen; 0 only catches up. */
  wait: Type.Optional(
    Type.Integer({ minimum: 0, maximum: LIMITS.pollWaitSeconds, default: LIMITS.pollWaitSeconds }),
  ),
})
export type PollQuery = Static<typeof PollQuery>

export const StreamBody = Type.Object({
  joins: Type.Array(Type.Omit(JoinFrame, ['type']), { minItems: 1, maxItems: LIMITS.roomsPerConnection }),
})
export type StreamBody = Static<typeof StreamBody>
export const PollAnswer = Type.Object({ frames: Type.Array(ServerFrame) })
export type PollAnswer = Static<typeof PollAnswer>

export const AckBody = Type.Omit(AckFrame, ['type'])
export type AckBody = Static<typeof AckBody>
/** What the server's clock says, so that `lagMs` can be told by it. */
export const AckAnswer = Type.Object({ at: Type.String({ format: 'date-time' }) })
export type AckAnswer = Static<typeof AckAnswer>

/** A mistake of the widget's own: which build, what kind, and where in its files. Nothing that anybody typed. */
export const MistakeReport = Type.Object({
  release: Type.String({ pattern: '^[0-9A-Za-z.+-]{1,32}$' }),
  code: Type.String({ pattern: '^[A-Z][A-Za-z]{0,40}$' }),
  at: Type.Array(Type.String({ pattern: '^[A-Za-z0-9_-]{1,60}[.]js:[0-9]+:[0-9]+$' }), { maxItems: 10 }),
})
export type MistakeReport = Static<typeof MistakeReport>

/** RFC 9457. Clients act on `code`. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  /** Where the request was wrong, as a JSON pointer. */
  pointer: Type.Optional(Type.String()),
})
export type Problem = Static<typeof Problem>
