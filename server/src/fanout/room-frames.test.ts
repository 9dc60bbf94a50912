import { expect, test } from 'vitest'
import type { EncodedChange } from '../bus/bus.ts'
import { RoomFrames } from './room-frames.ts'
import { Window } from './window.ts'

const MOST_CHARACTERS = 1_048_576

function framesOf(changes: number, text: string): RoomFrames {
  const window = new Window()
  window.restart(0)
  const all = Array.from({ length: changes }, (_, index): EncodedChange => {
    return { rev: index + 1, item: `${index}`, readers: text, staff: text }
  })
  window.append(all, changes)
  return new RoomFrames('acme/keynote', window, 'reader', () => MOST_CHARACTERS)
}

test('FAN19 however many different positions readers come back with, few frames of a room are kept', () => {
  const frames = framesOf(1000, '{}')
  for (let since = 0; since < 1000; since++) {
    frames.joined(since, ['read'])
    frames.changes(since)
    expect(frames.kept.frames).toBeLessThanOrEqual(256)
  }
  expect(frames.changes(999)).toBe(frames.changes(999))
})

test('FAN19 however long the frames of a room are, they are kept up to a bound', () => {
  const frames = framesOf(200, `"${'x'.repeat(4000)}"`)
  for (let since = 0; since < 200; since++) {
    frames.joined(since, ['read'])
    expect(frames.kept.characters).toBeLessThanOrEqual(MOST_CHARACTERS)
  }
})
