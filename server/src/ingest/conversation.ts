import { StaffRole } from '@halley/shared'
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import { v5 as uuidv5 } from 'uuid'

/** Names the ids of replayed lines among all UUIDs of version 5. */
const NAMESPACE = 'f0a3a5b4-5a86-4b0e-9f5c-5a4c4d7d2b1e'

/** One line of a conversation that was had elsewhere. Other fields are left alone. */
const Line = Type.Object({
  /** Milliseconds since its beginning. */
  t: Type.Number({ minimum: 0 }),
  author: Type.String({ minLength: 1 }),
  text: Type.String({ minLength: 1 }),
  role: Type.Optional(StaffRole),
  highlight: Type.Optional(Type.Boolean()),
  pinned: Type.Optional(Type.Boolean()),
})
export type Line = Static<typeof Line> & { readonly number: number }

/**
 * Reads JSON Lines. Blank lines are passed over. Throws an `Error` that names the first line (from 1) that is not
 * JSON or lacks `t`, `author` or `text`.
 */
export function readConversation(jsonLines: string): Line[] {
  const lines: Line[] = []
  for (const [index, json] of jsonLines.split('\n').entries()) {
    if (json.trim() === '') continue
    const number = index + 1
    const value = parse(json, number)
    const [wrong] = Value.Errors(Line, value)
    if (wrong) throw new Error(`line ${number}${wrong.instancePath.replace('/', ': ')} ${wrong.message}`)
    lines.push({ ...(value as Static<typeof Line>), number })
  }
  return lines
}

function parse(json: string, number: number): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new Error(`line ${number} is not JSON`)
  }
}

/** The id of a line in a room: the same at each run, another one for another text, so that a rerun repeats nothing. */
export function lineId(room: string, line: Line): string {
  return uuidv5(JSON.stringify([room, line.number, line.author, line.text]), NAMESPACE)
}
