import {
  AckFrame,
  AuthFrame,
  type ClientFrame,
  JoinFrame,
  LeaveFrame,
  LIMITS,
  PingFrame,
} from '@halley/shared'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { parseJson } from '../parse-json.ts'
import { Problem } from '../problem.ts'

/** Of each type: its check, and the fields that are read. Whatever else a frame carries is dropped unseen. */
const KINDS = new Map(
  [JoinFrame, AuthFrame, LeaveFrame, AckFrame, PingFrame].map((schema) => [
    schema.properties.type.const as string,
    { check: Compile(schema as TSchema), fields: Object.keys(schema.properties) },
  ]),
)

/**
 * The one way from bytes to a client's frame. Only known fields are copied, one by one, onto an object of our own,
 * so that neither `__proto__` nor a field of a newer client gets any further.
 * Throws `Problem` `too-large`, `bad-json`, `bad-request` or `unknown-frame`.
 */
export function parseClientFrame(text: string): ClientFrame {
  if (text.length > LIMITS.frameBytes) throw new Problem('too-large')
  const value = parseObject(text)
  const kind = typeof value.type === 'string' ? KINDS.get(value.type) : undefined
  if (!kind) throw new Problem('unknown-frame')
  const frame: Record<string, unknown> = {}
  for (const field of kind.fields) {
    if (Object.hasOwn(value, field)) frame[field] = value[field]
  }
  if (!kind.check.Check(frame)) throw new Problem('bad-request', `Not a ${value.type} frame`)
  return frame as ClientFrame
}

function parseObject(text: string): Record<string, unknown> {
  const value = parseJson(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Problem('bad-request', 'A frame is a JSON object')
  }
  return value as Record<string, unknown>
}
