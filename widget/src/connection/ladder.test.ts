import { CLOSE_CODES } from '@halley/shared'
import { expect, test } from 'vitest'
import { Ladder } from './ladder.ts'
import { FATAL_CLOSES } from './socket.ts'

test('CONN5 tries the next transport at once where one never said a word, and keeps one that did', () => {
  const ladder = new Ladder(() => 0.5)
  expect(ladder.next({}, false)).toBe(0)
  expect(ladder.rung).toBe(1)
  ladder.works()
  expect(ladder.next({}, true)).toBeGreaterThan(0)
  expect(ladder.rung).toBe(1)
  for (let n = 0; n < 2; n++) expect(ladder.next({}, false)).toBeGreaterThan(0)
  expect(ladder.rung).toBe(1)
  expect(ladder.next({}, false)).toBe(0)
  expect(ladder.rung).toBe(2)
  expect(ladder.next({}, false)).toBeGreaterThan(0)
  expect(ladder.rung).toBe(1)
})

test('CONN5 comes back to the best that ever worked when a later one ends, and leaves it after one failure', () => {
  const ladder = new Ladder(() => 0.5)
  ladder.works()
  for (let n = 0; n < 3; n++) ladder.next({}, false)
  expect(ladder.rung).toBe(1)
  ladder.works()
  ladder.next({ clean: true }, true)
  expect(ladder.rung).toBe(0)
  expect(ladder.next({}, false)).toBe(0)
  expect(ladder.rung).toBe(1)
})

test('CONN6 waits longer each time, drawn from nothing to the bound, and no longer than the bound', () => {
  for (const luck of [0, 0.5, 0.999]) {
    const ladder = new Ladder(() => luck)
    ladder.works()
    const waits = Array.from({ length: 12 }, () => ladder.next({}, true))
    waits.forEach((wait, n) => {
      expect(wait).toBeCloseTo(luck * Math.min(30_000, 1000 * 2 ** n))
    })
    ladder.steady()
    expect(ladder.next({}, true)).toBeCloseTo(luck * 1000)
  }
})

test('CONN7 stays away for as long as the server asked, and spreads the return', () => {
  expect(new Ladder(() => 0).next({ afterMs: 4000 }, true)).toBe(4000)
  expect(new Ladder(() => 0.999).next({ afterMs: 4000 }, false)).toBeLessThanOrEqual(6000)
  expect(new Ladder(() => 0.999).next({ clean: true }, true)).toBeLessThan(1000)
})

test('CONN8 knows the close codes after which nobody comes back', () => {
  const fatal = Object.values(CLOSE_CODES).filter(({ retry }) => !retry)
  expect(fatal.map(({ code }) => code).sort()).toEqual([...FATAL_CLOSES].sort())
})
