import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, inject, test, vi } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import type { Bus } from '../bus/bus.ts'
import { LossyBus } from '../bus/lossy-bus.ts'
import { MemoryBus } from '../bus/memory-bus.ts'
import { RedisBus } from '../bus/redis-bus.ts'
import type { RoomId } from '../rooms/room.ts'
import { HeadCount } from './head-count.ts'
import { pass, stopTime, TestRoom } from './race/test-room.ts'

afterEach(() => vi.useRealTimers())

/** What readers were told last of how many they are. */
const lastTold = ({ reader }: Awaited<ReturnType<TestRoom['join']>>) => reader.frames('head').at(-1)?.readers

/** Two processes that serve the same room. */
function twoNodes(bus: Bus, other = bus): [TestRoom, TestRoom] {
  return [new TestRoom({ countEveryMs: 750 }, bus), new TestRoom({ countEveryMs: 750 }, other)]
}

test('CROWD1 every reader of a room is told within 5 s how many they are, on whatever node', async () => {
  stopTime()
  const [here, there] = twoNodes(new MemoryBus())
  const first = await here.join()
  const others = await Promise.all([there.join(), there.join(), there.join()])
  await pass(5000)
  expect([first, ...others].map(lastTold)).toEqual([4, 4, 4, 4])
  others[0]?.membership.leave()
  await here.join()
  await here.join()
  await pass(5000)
  expect([first, ...others.slice(1)].map(lastTold)).toEqual([5, 5, 5])
})

test('CROWD1 it is so on a bus that loses, repeats and delays', async () => {
  stopTime()
  const bus = new MemoryBus()
  const [here, there] = twoNodes(
    new LossyBus(bus, { drop: 0.05 }),
    new LossyBus(bus, { drop: 0.05, seed: 2 }),
  )
  const first = await here.join()
  for (let count = 2; count <= 20; count++) {
    await there.join()
    await pass(5000)
    expect(lastTold(first)).toBe(count)
  }
})

test('CROWD2 the readers of a process that died are gone within 5 s', async () => {
  stopTime()
  const bus = new MemoryBus()
  const dying = new LossyBus(bus, { drop: 0, repeat: 0, delayMs: 0 })
  const [here, there] = twoNodes(bus, dying)
  const first = await here.join()
  await Promise.all([there.join(), there.join()])
  await pass(5000)
  expect(lastTold(first)).toBe(3)
  dying.away = true
  await pass(5000)
  expect(lastTold(first)).toBe(1)
})

test('FAN21 after a process fell silent heads are read every second, and not where it said that it goes', async () => {
  stopTime()
  const bus = new MemoryBus()
  const cut = new LossyBus(bus, { drop: 0, repeat: 0, delayMs: 0 })
  const [here, there] = twoNodes(bus, cut)
  const { reader } = await here.join()
  await there.join()
  here.write('post', 'a')
  await pass(5000)
  cut.away = true
  await pass(4000)
  // What the other writes from now on comes by the log alone.
  for (const type of ['remove', 'restore', 'remove'] as const) {
    here.commit(type, 'a')
    await pass(1500)
  }
  expect(reader.texts()).toEqual(['a#0', 'a removed', 'a#0', 'a removed'])
})

test('FAN21 a process that goes in order is not missed', async () => {
  stopTime()
  const bus = new MemoryBus()
  const [here, there] = [1, 2].map(() => new HeadCount(bus, { members: () => new Map(), serves: () => true }))
  const now = performance.now()
  here?.tick(now)
  there?.tick(now)
  there?.close()
  expect(here?.forget(now + 60_000)).toBe(false)
})

test('CROWD3 nobody is told anything where nothing has changed, and only what has changed travels', async () => {
  stopTime()
  const bus = new MemoryBus()
  const texts: string[] = []
  const rooms = new Map(Array.from({ length: 10_000 }, (_, room) => [room as RoomId, 1]))
  const count = new HeadCount(bus, { members: () => new Map(rooms), serves: () => true })
  bus.subscribe(0 as RoomId, ({ changes }) => texts.push(changes[0]?.staff ?? ''))
  count.tick(10_000)
  rooms.set(5 as RoomId, 2)
  count.tick(11_000)
  expect(texts.map((text) => JSON.parse(text).rooms.length)).toEqual([10_000, 1])
  const [here] = twoNodes(new MemoryBus())
  const reader = await here.join()
  await pass(5000)
  const told = reader.reader.frames().length
  await pass(5000)
  expect(reader.reader.frames()).toHaveLength(told)
})

test('CROWD1 processes count each other over Redis', async () => {
  const prefix = randomUUID()
  const room = 7 as RoomId
  const buses = [0, 1].map(
    () => new RedisBus({ url: inject('redisUrl'), prefix, logger: { warn: () => {} } }),
  )
  await until('both to be connected', () => buses.every((bus) => bus.connected()))
  const counts = buses.map(
    (bus, index) => new HeadCount(bus, { members: () => new Map([[room, index + 1]]), serves: () => true }),
  )
  await until('each to know of the other', async () => {
    for (const count of counts) count.tick(performance.now())
    await sleep(50)
    return counts[0]?.elsewhere(room) === 2 && counts[1]?.elsewhere(room) === 1
  })
  for (const bus of buses) await bus.close()
})
