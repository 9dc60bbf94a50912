import Type, { type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import type { RoomNews } from './bus.ts'

const VERSION = 1

const Rev = Type.Integer({ minimum: 0 })
const Text = Type.Union([Type.String(), Type.Null()])

/** What travels between processes. `staff` is absent where it is the same as `readers`. */
const Message = Type.Object({
  v: Type.Literal(VERSION),
  epoch: Type.String(),
  after: Rev,
  to: Rev,
  changes: Type.Array(
    Type.Object({ rev: Rev, item: Text, readers: Text, staff: Type.Optional(Type.String()) }),
  ),
})
type Message = Static<typeof Message>
const message = Compile(Message)

/** `by` names the process that publishes: it has heard its own news already. */
export function encodeNews(by: string, news: RoomNews): string {
  const changes = news.changes.map(({ rev, item, readers, staff }) =>
    staff === readers ? { rev, item, readers } : { rev, item, readers, staff },
  )
  const { epoch, after, to } = news
  return JSON.stringify({ by, v: VERSION, epoch, after, to, changes })
}

/** Tells one's own messages without parsing them. */
export function isNewsBy(by: string, text: string): boolean {
  return text.startsWith(`{"by":${JSON.stringify(by)},`)
}

/** Undefined for what is no news, or news of a version that this process does not know. */
export function decodeNews(text: string): RoomNews | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!message.Check(parsed)) return undefined
  const { epoch, after, to, changes } = parsed
  return { epoch, after, to, changes: changes.map(decodeChange) }
}

function decodeChange({ rev, item, readers, staff }: Message['changes'][number]) {
  return { rev, item, readers, staff: staff ?? readers ?? 'null' }
}
