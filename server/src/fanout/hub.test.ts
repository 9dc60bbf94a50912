import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { MemoryBus } from '../bus/memory-bus.ts'
import { pass, stopTime, TestRoom } from './race/test-room.ts'

beforeEach(stopTime)
afterEach(() => vi.useRealTimers())

test('FAN10 a room without readers goes on for a while, and then costs nothing', async () => {
  const room = new TestRoom({ lingerMs: 5000 })
  const { membership } = await room.join()
  membership.leave()
  await pass(3000)
  expect(room.hub.counts()).toEqual({ rooms: 1, readers: 0 })
  await pass(4000)
  expect(room.hub.counts()).toEqual({ rooms: 0, readers: 0 })
  await room.join()
  expect(room.hub.counts()).toEqual({ rooms: 1, readers: 1 })
})

test('FAN10 a room that is no more is told of once, and costs nothing after the same while', async () => {
  const room = new TestRoom({ lingerMs: 12_000, headsEveryMs: 5000 })
  const { reader } = await room.join()
  room.write('post', 'a')
  await pass(100)
  room.log.gone = true
  await pass(6000)
  expect(room.hub.windowBytes(), 'its text').toBe(0)
  expect(room.hub.counts()).toEqual({ rooms: 1, readers: 0 })
  await pass(16_000)
  expect(reader.frames('error').map(({ code }) => code)).toEqual(['room-unknown'])
  expect(room.hub.counts()).toEqual({ rooms: 0, readers: 0 })
})

test('FAN7 a bus that was away between two looks has missed what it would have told, and vouches for nothing', async () => {
  const loss = { at: Number.NEGATIVE_INFINITY }
  const room = new TestRoom({}, Object.assign(new MemoryBus(), { lostAt: () => loss.at }))
  const { reader } = await room.join()
  await pass(1000)
  room.commit('post', 'a')
  loss.at = performance.now()
  await pass(300)
  expect(reader.texts(), 'long before heads are due').toEqual(['a#0'])
  room.log.failing = true
  loss.at = performance.now()
  const asked = room.ask(0)
  await pass(100)
  await expect(asked.membership).rejects.toMatchObject({ code: 'unavailable' })
})
