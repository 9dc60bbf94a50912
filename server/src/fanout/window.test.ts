import { expect, test } from 'vitest'
import type { EncodedChange } from '../bus/bus.ts'
import { Window } from './window.ts'

const change = (rev: number, item: string | null, text: string | null): EncodedChange => ({
  rev,
  item,
  readers: text,
  staff: `staff ${text}`,
})

test('FAN13 a later change of an item takes the text of the earlier ones away, for every view', () => {
  const window = new Window()
  window.restart(0)
  window.append([change(1, 'a', 'one'), change(2, 'b', 'two'), change(3, 'a', 'gone')], 3)
  expect(window.texts('reader', 0, 3)).toEqual(['two', 'gone'])
  expect(window.texts('staff', 0, 3)).toEqual(['staff two', 'staff gone'])
  window.append([change(4, null, 'title'), change(5, null, 'other title')], 5)
  expect(window.texts('reader', 3, 5)).toEqual(['other title'])
})

test('FAN14 a window is bounded in revs and in bytes, and does not cover what it has forgotten', () => {
  const window = new Window()
  window.restart(0)
  const changes = Array.from({ length: 100 }, (_, index) => change(index + 1, `${index}`, 'x'.repeat(100)))
  window.append(changes, 100)
  window.trim(40, 1e9)
  expect([window.floor, window.covers(59), window.covers(60)]).toEqual([60, false, true])
  expect(window.texts('reader', 60, 100)).toHaveLength(40)
  window.trim(40, 2100)
  expect(window.bytes).toBeLessThanOrEqual(2100)
  expect(window.texts('reader', window.floor, 100)).toHaveLength(100 - window.floor)
  window.trim(0, 0)
  expect([window.bytes, window.floor]).toEqual([0, 100])
})

test('FAN13 what is read from the log never puts back what a later change took away', () => {
  const window = new Window()
  window.restart(4)
  window.append([change(5, 'a', 'gone')], 5)
  window.prepend([change(1, 'a', 'one'), change(2, 'b', 'two'), change(5, 'a', 'gone')], 0)
  expect(window.texts('reader', 0, 5)).toEqual(['two', 'gone'])
  expect(window.covers(0)).toBe(true)
})

test('FAN13 text that a change to come takes away is gone at once', () => {
  const window = new Window()
  window.restart(0)
  window.append([change(1, 'a', 'one')], 1)
  window.supersede(change(3, 'a', 'gone'))
  expect(window.texts('reader', 0, 1)).toEqual([])
  window.append([change(2, 'b', 'two'), change(3, 'a', 'gone')], 3)
  expect(window.texts('reader', 0, 3)).toEqual(['two', 'gone'])
})
