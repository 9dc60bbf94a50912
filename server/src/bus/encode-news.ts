import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { EncodedChange, RoomNews } from './bus.ts'

const VERSION = 1

const Rev = Type.Integer({ minimum: 0 })
const Text = Type.Union([Type.String(), Type.Null()])
const Told = Type.Object({ rev: Rev, item: Text, readers: Text, staff: Type.Optional(Type.String()) })
type Told = Static<typeof Told>

/** What travels between processes. `staff` is absent where it is the same as `readers`. */
const Message = Type.Object({
  v: Type.Literal(VERSION),
  epoch: Type.String(),
  after: Rev,
  to: Rev,
  at: Type.Optional(Type.Number()),
  changes: Type.Array(Told),
})
const message = Compile(Message)
const told = Compile(Told)

/** `by` names the process that publishes: it has heard its own news already. */
export function encodeNews(by: string, news: RoomNews): string {
  return `${newsHead(by, news)}${news.changes.map(encodeTold).join(',')}]}`
}

/** The message up to its changes, which follow with commas between, and then `]}`. */
export function newsHead(by: string, { epoch, after, to, since }: Omit<RoomNews, 'changes'>): string {
  const at = since === undefined ? undefined : Math.round(byOwnClock() + since)
  return `${JSON.stringify({ by, v: VERSION, epoch, after, to, at }).slice(0, -1)},"changes":[`
}

/** What the clock of all machines, in milliseconds since 1970, is ahead of the steady one of this process. */
function byOwnClock(): number {
  return Date.now() - performance.now()
}

export function encodeTold({ rev, item, readers, staff }: EncodedChange): string {
  return JSON.stringify(staff === readers ? { rev, item, readers } : { rev, item, readers, staff })
}

/** Undefined for what `encodeTold` did not write. */
export function decodeTold(text: string): EncodedChange | undefined {
  const parsed = parse(text)
  return told.Check(parsed) ? toChange(parsed) : undefined
}

/** Tells one's own messages without parsing them. */
export function isNewsBy(by: string, text: string): boolean {
  return text.startsWith(`{"by":${JSON.stringify(by)},`)
}

/** Undefined for what is no news, or news of a version that this process does not know. */
export function decodeNews(text: string): RoomNews | undefined {
  const parsed = parse(text)
  if (!message.Check(parsed)) return undefined
  const { epoch, after, to, at, changes } = parsed
  return { epoch, after, to, changes: changes.map(toChange), ...sinceOf(at) }
}

/** A machine whose clock is behind has heard it at once, for all that can be known. */
function sinceOf(at: number | undefined): { since?: number } {
  return at === undefined ? {} : { since: Math.min(performance.now(), at - byOwnClock()) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toChange({ rev, item, readers, staff }: Told): EncodedChange {
  return { rev, item, readers, staff: staff ?? readers ?? 'null' }
}
