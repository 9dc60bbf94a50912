import {
  type Ability,
  ERRORS,
  type ErrorCode,
  formatPosition,
  HEARTBEAT_MS,
  type ResetReason,
  type View,
} from '@halley/shared'
import { Frame } from './frame.ts'

/** What a frame with changes covers: the revs in (`after`, `to`]; `changes` is JSON as the writer encoded it. */
export interface Span {
  readonly room: string
  readonly epoch: string
  readonly after: number
  readonly to: number
  readonly changes: readonly string[]
}

/** Changes are already JSON, so the text is joined rather than encoded again. */
function spanText(type: 'joined' | 'changes', span: Span, position: string): string {
  const { room, after, changes } = span
  return `{"type":"${type}","room":${JSON.stringify(room)},"after":${after},"position":"${position}","changes":[${changes.join(',')}]`
}

export function changesFrame(span: Span): Frame {
  const position = formatPosition(span.epoch, span.to)
  return new Frame('changes', `${spanText('changes', span, position)}}`, span.room, position)
}

/** The answer to a join; `more` says that `changes` frames follow with the rest, `ack` asks for confirmations. */
export function joinedFrame(
  span: Span,
  more: boolean,
  { view, may, ack = false }: { view: View; may: readonly Ability[]; ack?: boolean | undefined },
): Frame {
  const position = formatPosition(span.epoch, span.to)
  const rest = { ...(more && { more }), view, may, heartbeatMs: HEARTBEAT_MS, ...(ack && { ack }) }
  return new Frame(
    'joined',
    `${spanText('joined', span, position)},${JSON.stringify(rest).slice(1)}`,
    span.room,
    position,
  )
}

/** `readers`: how many follow the room, as far as is known. */
export function headFrame(room: string, epoch: string, rev: number, readers?: number): Frame {
  const position = formatPosition(epoch, rev)
  return new Frame('head', JSON.stringify({ type: 'head', room, position, readers }), room)
}

/** A reset moves nobody: who is resumed before having read the page is reset again. */
export function resetFrame(room: string, epoch: string, rev: number, reason: ResetReason): Frame {
  const position = formatPosition(epoch, rev)
  return new Frame('reset', JSON.stringify({ type: 'reset', room, position, reason }), room)
}

export function goawayFrame(afterMs: number): Frame {
  return new Frame('goaway', JSON.stringify({ type: 'goaway', afterMs }))
}

/** `detail` is for people; `afterMs` is when trying again makes sense. */
export function errorFrame(
  code: ErrorCode,
  about: { room?: string | undefined; detail?: string | undefined; afterMs?: number | undefined } = {},
): Frame {
  const { title, retry } = ERRORS[code]
  const { room, afterMs } = about
  return new Frame(
    'error',
    JSON.stringify({ type: 'error', room, code, detail: about.detail ?? title, retry, afterMs }),
    room,
  )
}

export function pongFrame(at: Date): Frame {
  return new Frame('pong', JSON.stringify({ type: 'pong', at: at.toISOString() }))
}
