import type { Change } from '@halley/shared'
import { expect, test } from 'vitest'
import { countDelta } from './count-delta.ts'

const change = (type: Change['type'], seq: number | null = 5): Change =>
  ({ rev: 9, type, item: { id: 'a', seq, rev: 9 } }) as unknown as Change

test('COUNT1 counts what becomes public and what stops being so', () => {
  expect(['posted', 'released', 'restored'].map((type) => countDelta(change(type as 'posted')))).toEqual([
    1, 1, 1,
  ])
  expect(['removed', 'held'].map((type) => countDelta(change(type as 'posted')))).toEqual([-1, -1])
})

test('COUNT1 passes over what changes nothing, what was never public, and what it does not know', () => {
  expect(
    ['edited', 'pinned', 'room', 'new-type'].map((type) => countDelta(change(type as 'posted'))),
  ).toEqual([0, 0, 0, 0])
  expect(countDelta(change('held', null))).toBe(0)
  expect(countDelta(change('removed', null))).toBe(0)
  expect(countDelta({ rev: 3, type: 'posted' })).toBe(0)
})
