import { expect, it, onTestFinished } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import type { Admission } from './admission.ts'
import type { Seat } from './seat.ts'
import { SeatWatch } from './seat-watch.ts'

it('RIGHT6 the rooms of all readers are looked for together, by the thousand', async () => {
  const asked: number[] = []
  let found = 0
  const admission = {
    refresh: async (addresses: readonly string[]) => void asked.push(addresses.length),
    find: async () => {
      found += 1
      return { visibility: 'public' }
    },
  }
  const watch = new SeatWatch(admission as unknown as Admission)
  onTestFinished(() => watch.end())
  for (let room = 0; room < 2500; room += 1) {
    const seat = { address: `acme/${room}`, ask: {} } as unknown as Seat
    watch.add(seat)
    watch.add({ ...seat } as Seat)
  }
  await until('every room to be looked at', () => found === 2500)
  expect(asked).toEqual([1000, 1000, 500])
})
