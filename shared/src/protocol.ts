import Type, { type Static } from 'typebox'
import { Change } from './change.ts'
import { LIMITS } from './limits.ts'
import { Ability, RoomAddress } from './room.ts'

/** The WebSocket subprotocol, and so the version of these frames. */
export const SUBPROTOCOL = 'halley.v1'

const Rev = Type.Integer({ minimum: 0 })
const PositionText = Type.String({ maxLength: 64, description: 'epoch:rev' })
const Token = Type.String({
  maxLength: LIMITS.tokenBytes,
  description: 'As after "Authorization: ", scheme included',
})
export const View = Type.Union([Type.Literal('reader'), Type.Literal('staff')])
export type View = Static<typeof View>

export const JoinFrame = Type.Object({
  type: Type.Literal('join'),
  room: RoomAddress,
  since: Type.Optional(PositionText),
  token: Type.Optional(Token),
  view: Type.Optional(View),
})
export type JoinFrame = Static<typeof JoinFrame>
export const AuthFrame = Type.Object({ type: Type.Literal('auth'), room: RoomAddress, token: Token })
export type AuthFrame = Static<typeof AuthFrame>
export const LeaveFrame = Type.Object({ type: Type.Literal('leave'), room: RoomAddress })
export const PingFrame = Type.Object({ type: Type.Literal('ping') })
/** Of each room, where the page is with what it shows. Sent only where `joined` asks, and never once an item. */
const AckPositions = Type.Record(Type.String(), PositionText, { maxProperties: LIMITS.roomsPerConnection })
/** Milliseconds from an item's `postedAt` to its being on the screen, by the server's clock: the longest since the last. */
const LagMs = Type.Number({ minimum: 0, maximum: 3_600_000 })
export const AckFrame = Type.Object({
  type: Type.Literal('ack'),
  positions: AckPositions,
  lagMs: Type.Optional(LagMs),
})
export type AckFrame = Static<typeof AckFrame>
export const ClientFrame = Type.Union([JoinFrame, AuthFrame, LeaveFrame, AckFrame, PingFrame])
export type ClientFrame = Static<typeof ClientFrame>

/** Answers a join: everything in (`after`, `position`] that the view may see, and what the reader may do. */
export const JoinedFrame = Type.Object({
  type: Type.Literal('joined'),
  room: RoomAddress,
  after: Rev,
  position: PositionText,
  changes: Type.Array(Change),
  /** The rest follows in `changes` frames (over a poll: ask again). */
  more: Type.Optional(Type.Literal(true)),
  view: View,
  may: Type.Array(Ability),
  heartbeatMs: Type.Integer({ minimum: 1 }),
  /** Confirm with `ack` what is shown, once for all that is drawn together and at most every 2 s or so. */
  ack: Type.Optional(Type.Literal(true)),
})
export type JoinedFrame = Static<typeof JoinedFrame>
/** All that happened in (`after`, `position`]; revs that the view may not see are absent. */
export const ChangesFrame = Type.Object({
  type: Type.Literal('changes'),
  room: RoomAddress,
  after: Rev,
  position: PositionText,
  changes: Type.Array(Change),
})
export type ChangesFrame = Static<typeof ChangesFrame>
/** Where the room is; a reader who is behind it has missed something and joins again. */
export const HeadFrame = Type.Object({
  type: Type.Literal('head'),
  room: RoomAddress,
  position: PositionText,
  /** How many follow the room over all nodes, right within 5 s of a change. */
  readers: Type.Optional(Type.Integer({ minimum: 0 })),
})
export type HeadFrame = Static<typeof HeadFrame>
export const ResetReason = Type.Union([
  /** The position belongs to another life of the log. */
  Type.Literal('epoch'),
  /** The position is ahead of the room. */
  Type.Literal('ahead'),
  /** Too much happened since, or it is no longer kept. */
  Type.Literal('too-far'),
  /** What the reader may see has changed. */
  Type.Literal('view'),
])
export type ResetReason = Static<typeof ResetReason>
/** Forget the room, read its newest page, and join again from there. */
export const ResetFrame = Type.Object({
  type: Type.Literal('reset'),
  room: RoomAddress,
  position: PositionText,
  reason: ResetReason,
})
export type ResetFrame = Static<typeof ResetFrame>
/** This connection ends soon: come back (elsewhere) after about this long, with your positions. */
export const GoawayFrame = Type.Object({
  type: Type.Literal('goaway'),
  afterMs: Type.Integer({ minimum: 0 }),
})
export type GoawayFrame = Static<typeof GoawayFrame>
export const ErrorFrame = Type.Object({
  type: Type.Literal('error'),
  room: Type.Optional(Type.String()),
  code: Type.String(),
  detail: Type.String(),
  retry: Type.Boolean(),
  afterMs: Type.Optional(Type.Integer({ minimum: 0 })),
})
export type ErrorFrame = Static<typeof ErrorFrame>
export const PongFrame = Type.Object({ type: Type.Literal('pong'), at: Type.String({ format: 'date-time' }) })
export type PongFrame = Static<typeof PongFrame>
export const ServerFrame = Type.Union([
  JoinedFrame,
  ChangesFrame,
  HeadFrame,
  ResetFrame,
  GoawayFrame,
  ErrorFrame,
  PongFrame,
])
export type ServerFrame = Static<typeof ServerFrame>
