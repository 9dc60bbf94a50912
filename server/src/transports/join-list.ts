import {
  type JoinFrame,
  LIMITS,
  parsePosition,
  RoomAddress,
  type StreamBody,
  type StreamQuery,
} from '@halley/shared'
import { Compile } from 'typebox/compile'
import { Problem } from '../problem.ts'
import type { JoinAsk } from './admission.ts'
import { parseEventId, splitAt } from './event-id.ts'

interface JoinRequest {
  readonly query: StreamQuery
  /** Undefined where the rooms are in the address. */
  readonly body: StreamBody | undefined
  readonly headers: { readonly authorization?: string | undefined; readonly 'last-event-id'?: unknown }
}

const address = Compile(RoomAddress)

/**
 * The rooms that a stream or a poll asks for, each once. What the reader's last stream had got to counts more than
 * the address, which stays as it was when an `EventSource` comes back. Throws `Problem` `bad-request`,
 * `bad-position` or `too-many-rooms`.
 */
export function readJoins({ query, body, headers }: JoinRequest): JoinAsk[] {
  const asked = body ? body.joins.map(copyJoin) : parseRooms(query)
  const resumed = parseEventId(typeof headers['last-event-id'] === 'string' ? headers['last-event-id'] : '')
  const joins = new Map<string, JoinAsk>()
  for (const ask of asked) {
    const since = resumed.get(ask.room) ?? ask.since
    const token = ask.token ?? headers.authorization
    if (since !== undefined && !parsePosition(since)) throw new Problem('bad-position')
    joins.set(ask.room, {
      ...ask,
      ...(since !== undefined && { since }),
      ...(token !== undefined && { token }),
    })
  }
  if (joins.size > LIMITS.roomsPerConnection) throw new Problem('too-many-rooms')
  return [...joins.values()]
}

/** Only what is known; a newer client's fields go no further. */
function copyJoin({ room, since, token, view }: Omit<JoinFrame, 'type'>): JoinAsk {
  return { room, ...(since !== undefined && { since }), ...(token && { token }), ...(view && { view }) }
}

function parseRooms({ room, view }: StreamQuery): JoinAsk[] {
  const texts = room === undefined ? [] : [room].flat()
  if (texts.length === 0) throw new Problem('bad-request', 'At least one room is needed')
  return texts.map((text) => {
    const [name, since] = splitAt(text)
    if (!address.Check(name)) throw new Problem('bad-request', 'A room is named site/room')
    return { room: name, ...(since !== undefined && { since }), ...(view && { view }) }
  })
}
