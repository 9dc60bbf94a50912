import Type, { type Static } from 'typebox'
import { LIMITS } from './limits.ts'

const SLUG = '[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?'

export const Slug = Type.String({
  pattern: `^${SLUG}$`,
  description: 'Lower-case letters, digits and inner hyphens, at most 64',
})

/** `site/room` */
export const RoomAddress = Type.String({ pattern: `^${SLUG}/${SLUG}$`, description: 'site/room' })

export const RoomState = Type.Union([Type.Literal('open'), Type.Literal('closed'), Type.Literal('archived')])
export type RoomState = Static<typeof RoomState>
export const Visibility = Type.Union([Type.Literal('public'), Type.Literal('private')])
export type Visibility = Static<typeof Visibility>
export const Posting = Type.Union([Type.Literal('staff'), Type.Literal('signed-in'), Type.Literal('guests')])
export type Posting = Static<typeof Posting>

/** What the asker may do in a room: the widget shows controls by this; the server decides each time anew. */
export const Ability = Type.Union([
  Type.Literal('read'),
  /** post items */
  Type.Literal('post'),
  /** edit and remove one's own, within the room's edit window (staff: always) */
  Type.Literal('edit-own'),
  /** the staff view; remove, restore, edit, pin, hold and release anybody's */
  Type.Literal('moderate'),
  /** change the room itself */
  Type.Literal('administer'),
])
export type Ability = Static<typeof Ability>

/**
 * There while the server cannot ask its database and answers from memory; what is told is no newer than `position`
 * says, and counts and pins may be incomplete.
 */
export const Stale = Type.Optional(Type.Literal(true))

export const RoomSummary = Type.Object({
  room: RoomAddress,
  title: Type.String({ maxLength: 200 }),
  state: RoomState,
  visibility: Visibility,
  posting: Posting,
  position: Type.String(),
  /** Public items that stand. */
  items: Type.Integer({ minimum: 0 }),
  /** Seconds for which posters may edit or remove their own. */
  editWindow: Type.Integer({ minimum: 0 }),
  /** Longest text of a post in characters. */
  textLimit: Type.Integer({ minimum: 1, maximum: LIMITS.textCharacters }),
  may: Type.Array(Ability),
  stale: Stale,
})
export type RoomSummary = Static<typeof RoomSummary>

/** The part of a room that a `room` change tells readers. */
export const RoomFacts = Type.Object({ title: Type.String(), state: RoomState, posting: Posting })
export type RoomFacts = Static<typeof RoomFacts>
