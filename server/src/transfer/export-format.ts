import { Author, ItemId, Posting, RoomState, Slug, Visibility } from '@halley/shared'
import Type, { type Static } from 'typebox'

/*
 * An export is JSON Lines: an `ExportStart`, each room followed by its items in the room's order, an `ExportEnd`.
 * Unknown fields are to be ignored; the version rises where a reader of the one before would go wrong.
 */

export const EXPORT_VERSION = 1

const Time = Type.Refine(Type.String({ maxLength: 40 }), (text) => !Number.isNaN(Date.parse(text)))

export const ExportStart = Type.Object({
  halley: Type.Literal('export'),
  version: Type.Literal(EXPORT_VERSION),
  at: Time,
  site: Slug,
  /** Whose pages may post and join; none means any. */
  origins: Type.Array(Type.String({ maxLength: 300 })),
})
export type ExportStart = Static<typeof ExportStart>

export const ExportedRoom = Type.Object({
  slug: Slug,
  title: Type.String({ minLength: 1, maxLength: 200 }),
  state: RoomState,
  visibility: Visibility,
  posting: Posting,
  settings: Type.Object({
    editWindow: Type.Integer({ minimum: 0 }),
    textLimit: Type.Integer({ minimum: 1 }),
    holdPosts: Type.Boolean(),
  }),
})
export type ExportedRoom = Static<typeof ExportedRoom>

export const ExportedItem = Type.Object({
  id: ItemId,
  kind: Type.String({ minLength: 1, maxLength: 40 }),
  /** Held ones, and who posted, are only in an export for staff. */
  state: Type.Union([Type.Literal('live'), Type.Literal('held')]),
  poster: Type.Optional(Type.String({ maxLength: 400 })),
  author: Author,
  /** As one would type it. An import makes the body of this, and does not look at `body`. */
  source: Type.String({ minLength: 1 }),
  /** The tree that readers' pages draw. */
  body: Type.Optional(Type.Array(Type.Unknown())),
  text: Type.Optional(Type.String()),
  postedAt: Time,
  editedAt: Type.Optional(Time),
  highlight: Type.Optional(Type.Boolean()),
  pinned: Type.Optional(Type.Boolean()),
})
export type ExportedItem = Static<typeof ExportedItem>

export const ExportLine = {
  room: Type.Object({ room: ExportedRoom }),
  item: Type.Object({ item: ExportedItem }),
  end: Type.Object({ end: Type.Literal(true), rooms: Type.Integer(), items: Type.Integer() }),
}
