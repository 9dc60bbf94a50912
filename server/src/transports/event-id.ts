import { LIMITS, parsePosition } from '@halley/shared'
import { Problem } from '../problem.ts'

const MOST_CHARACTERS = LIMITS.roomsPerConnection * 200

/** `a/b@e:12,c/d@e:3`: where a stream is, in all its rooms. */
export function formatEventId(positions: Iterable<readonly [string, string]>): string {
  return Array.from(positions, ([room, position]) => `${room}@${position}`).join(',')
}

/** By room. Throws `Problem` `bad-position` for anything that `formatEventId` did not write. */
export function parseEventId(id: string): Map<string, string> {
  const positions = new Map<string, string>()
  if (id === '') return positions
  if (id.length > MOST_CHARACTERS) throw new Problem('bad-position')
  for (const part of id.split(',')) {
    const [room, position] = splitAt(part)
    if (position === undefined || !parsePosition(position)) throw new Problem('bad-position')
    positions.set(room, position)
  }
  return positions
}

/** `a/b@e:12` or `a/b`, as rooms stand in addresses. */
export function splitAt(text: string): [string, string | undefined] {
  const at = text.indexOf('@')
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}
