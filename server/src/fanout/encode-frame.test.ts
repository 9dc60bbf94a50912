import { ERRORS, type ErrorCode, ServerFrame } from '@halley/shared'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import {
  changesFrame,
  errorFrame,
  goawayFrame,
  headFrame,
  joinedFrame,
  pongFrame,
  resetFrame,
} from './encode-frame.ts'
import type { Frame } from './frame.ts'

const change = JSON.stringify({
  rev: 8,
  type: 'removed',
  item: { id: '018f', seq: 3, rev: 8, removed: true },
})
const span = { room: 'acme/keynote', epoch: 'k3f9', after: 7, to: 9, changes: [change, change] }

const frames: Record<string, Frame> = {
  changes: changesFrame(span),
  'changes that the view does not see': changesFrame({ ...span, changes: [] }),
  joined: joinedFrame(span, false, { view: 'reader', may: ['read', 'post'] }),
  'joined with more to come': joinedFrame({ ...span, changes: [] }, true, { view: 'staff', may: [] }),
  head: headFrame('acme/keynote', 'k3f9', 9),
  reset: resetFrame('acme/keynote', 'k3f9', 9, 'too-far'),
  goaway: goawayFrame(1500),
  error: errorFrame('unavailable', { room: 'acme/keynote', afterMs: 500 }),
  'error about nothing': errorFrame('bad-json'),
  pong: pongFrame(new Date(0)),
}

test.each(Object.keys(frames))('FAN18 a frame is one of the wire: %s', (name) => {
  const frame = frames[name] as Frame
  const parsed = JSON.parse(frame.json)
  expect([...Value.Errors(ServerFrame, withItems(parsed))]).toEqual([])
  expect(frame.type).toBe(parsed.type)
  expect(frame.room).toBe(parsed.room)
  const moves = frame.type === 'joined' || frame.type === 'changes'
  expect(frame.position).toBe(moves ? parsed.position : undefined)
})

test('FAN18 what a frame covers is in it as the writer encoded it', () => {
  expect(JSON.parse(changesFrame(span).json)).toEqual({
    type: 'changes',
    room: 'acme/keynote',
    after: 7,
    position: 'k3f9:9',
    changes: [JSON.parse(change), JSON.parse(change)],
  })
  expect(JSON.parse(joinedFrame(span, true, { view: 'reader', may: ['read'] }).json)).toMatchObject({
    more: true,
    changes: [{}, {}],
  })
  expect(JSON.parse(joinedFrame(span, false, { view: 'reader', may: ['read'] }).json)).not.toHaveProperty(
    'more',
  )
})

test('FAN18 an error says what the table of errors says', () => {
  for (const code of Object.keys(ERRORS) as ErrorCode[]) {
    const { title, retry } = ERRORS[code]
    expect(JSON.parse(errorFrame(code).json)).toEqual({ type: 'error', code, detail: title, retry })
  }
  expect(JSON.parse(errorFrame('forbidden', { detail: 'No.' }).json).detail).toBe('No.')
})

/** Changes are checked by whoever encodes them; here they only have to be there. */
function withItems(parsed: { changes?: unknown[] }): unknown {
  return parsed.changes ? { ...parsed, changes: [] } : parsed
}
