import { expect, test } from 'vitest'
import { audiences, type FloodPlan } from '../flood-plan.ts'
import { Deliveries } from './deliveries.ts'

const item = (sequence: number) => ({ sentAt: 1000, sequence })

test("BENCH6 an item is complete with the last of its room's readers, in whatever order items come", () => {
  const plan: FloodPlan = { urls: [], rooms: ['a/a', 'a/b', 'a/c'], readers: 4, roomsEach: 2 }
  expect(audiences(plan, 0, 4)).toEqual([3, 3, 2])
  expect(audiences(plan, 2, 4)).toEqual([1, 2, 1])
  const deliveries = new Deliveries((sequence) => (sequence === 7 ? 2 : 1))
  deliveries.take(0, [item(9), item(9), item(7)], 3000)
  expect([deliveries.complete(), deliveries.open, deliveries.count]).toEqual([[[9, 2]], 1, 2])
  deliveries.take(1, [item(7)], 5000)
  expect([deliveries.complete(), deliveries.open, deliveries.count]).toEqual([[[7, 4]], 0, 3])
  expect(deliveries.complete()).toEqual([])
})

test('BENCH6 a reader who got something twice or not at all is told from the others of the same rooms', () => {
  const deliveries = new Deliveries(() => 3)
  const sameAs = (reader: number): string => (reader < 3 ? 'one room' : 'another')
  for (const reader of [0, 1, 2]) deliveries.take(reader, [item(1)], 0)
  expect([deliveries.uneven(4, sameAs), deliveries.open]).toEqual([0, 0])
  deliveries.take(0, [item(2)], 0)
  deliveries.take(0, [item(2)], 0)
  deliveries.take(1, [item(2)], 0)
  // Three deliveries to three readers, but one of them has it twice.
  expect(deliveries.open).toBe(0)
  expect(deliveries.uneven(4, sameAs)).toBe(2)
})
