import { HEARTBEAT_MS } from '@halley/shared'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Frame } from './frame.ts'
import { RecordingReader } from './race/recording-reader.ts'
import { pass, stopTime, TestRoom } from './race/test-room.ts'

beforeEach(stopTime)
afterEach(() => vi.useRealTimers())

test('FAN1 news that overtakes other news waits for it, and nothing is read while it is merely late', async () => {
  const room = new TestRoom()
  const { reader } = await room.join()
  const [first, second, third] = [
    room.commit('post', 'a'),
    room.commit('post', 'b'),
    room.commit('post', 'c'),
  ]
  room.announce(third)
  room.announce(second)
  room.announce(second)
  await pass(20)
  expect(reader.texts()).toEqual([])
  room.announce(first)
  await pass(100)
  expect(reader.texts()).toEqual(['a#0', 'b#0', 'c#0'])
  expect(room.log.changeReads).toBe(0)
})

test('FAN2 what stays away is read from the log once, however much news is missing and whoever waits', async () => {
  const room = new TestRoom({ logDelayMs: 5 })
  const readers = await Promise.all([room.join(), room.join(), room.join()])
  for (let count = 0; count < 20; count++) {
    room.commit('post', `lost-${count}`)
    room.write('post', `heard-${count}`)
  }
  await pass(100)
  for (const { reader } of readers) expect(reader.texts()).toHaveLength(40)
  expect(room.log.changeReads).toBe(1)
})

test('FAN2 in a room where something is always late, nothing is read while it does come', async () => {
  const room = new TestRoom()
  const { reader } = await room.join()
  let held = room.commit('post', 'first')
  for (let count = 0; count < 40; count++) {
    room.write('post', `ahead-${count}`)
    const next = room.commit('post', `late-${count}`)
    await pass(10)
    room.announce(held)
    held = next
  }
  room.announce(held)
  await pass(10)
  expect(reader.texts()).toHaveLength(81)
  expect(room.log.changeReads).toBe(0)
})

test('FAN3 a reader whose view does not see a change is moved past it by the next frame, or by the heartbeat', async () => {
  const room = new TestRoom()
  const { reader } = await room.join()
  room.write('post-held', 'a')
  await pass(100)
  expect(reader.frames()).toHaveLength(1)
  room.write('post', 'b')
  await pass(100)
  room.write('post-held', 'c')
  await pass(HEARTBEAT_MS)
  expect(reader.frames().slice(1)).toMatchObject([
    { type: 'changes', after: 0, position: 'life0:2', changes: [{ rev: 2 }] },
    { type: 'changes', after: 2, position: 'life0:3', changes: [] },
    { type: 'head', position: 'life0:3' },
  ])
})

test('FAN3 a reader is moved past more than the window holds, as long as none of it was to be seen', async () => {
  const room = new TestRoom()
  const { reader } = await room.join()
  for (let count = 0; count < 30; count++) {
    room.write('post-held', ...Array.from({ length: 100 }, (_, index) => `${count} ${index}`))
    await pass(10)
  }
  await pass(HEARTBEAT_MS)
  expect(reader.frames('reset')).toEqual([])
  expect(reader.frames('changes').flatMap(({ changes }) => changes)).toEqual([])
  expect(reader.frames('changes').at(-1)?.position).toBe('life0:3000')
  room.write('post', 'a')
  await pass(100)
  expect(reader.texts()).toEqual(['a#0'])
})

test('FAN4 readers of one view are sent the same frame, not an equal one, and staff another', async () => {
  const room = new TestRoom()
  const [one, other, staff] = [await room.join(), await room.join(), await room.join(undefined, 'staff')]
  room.write('post', 'a')
  await pass(HEARTBEAT_MS)
  const sent = [one, other, staff].map(({ reader }) => reader.sent.slice(1))
  expect(sent[0]).toHaveLength(2)
  expect(sent[0]?.every((frame, index) => frame === sent[1]?.[index])).toBe(true)
  expect(sent[0]?.some((frame) => sent[2]?.includes(frame))).toBe(false)
})

test('FAN5 whoever a pass has yet to reach gets what came meanwhile with it, and the others in the next one', async () => {
  const room = new TestRoom()
  const readers: RecordingReader[] = []
  for (let index = 0; index < 40; index++) readers.push((await room.join()).reader)
  const twentieth = readers[20] as RecordingReader
  const plain = twentieth.send.bind(twentieth)
  twentieth.send = (frame: Frame) => {
    plain(frame)
    if (twentieth.texts().length === 2) room.write('remove', 'a')
  }
  room.write('post', 'a', 'b')
  await pass(100)
  expect(readers[10]?.texts()).toEqual(['a#0', 'b#0', 'a removed'])
  expect(readers[30]?.texts()).toEqual(['b#0', 'a removed'])
})

test('FAN5 whoever leaves in the middle of a pass takes nobody with them', async () => {
  const room = new TestRoom()
  const members: Awaited<ReturnType<TestRoom['join']>>[] = []
  for (let index = 0; index < 40; index++) members.push(await room.join())
  const twentieth = members[20]?.reader as RecordingReader
  const plain = twentieth.send.bind(twentieth)
  twentieth.send = (frame: Frame) => {
    plain(frame)
    members[10]?.membership.leave()
  }
  room.write('post', 'a')
  await pass(100)
  expect(members.filter(({ reader }) => reader.texts().length !== 1)).toEqual([])
})

test('FAN13 text whose removal is heard before its turn is not sent any more', async () => {
  const room = new TestRoom()
  const { reader } = await room.join()
  room.write('post', 'a')
  const late = room.commit('post', 'b')
  room.write('remove', 'a')
  await pass(5)
  expect(reader.texts()).toEqual([])
  room.announce(late)
  await pass(5)
  expect(reader.texts()).toEqual(['b#0', 'a removed'])
})

test('FAN6 a reader with too much unread is cut off as slow, and one who stays behind for long as well', async () => {
  const room = new TestRoom()
  const [quick, full, behind] = [await room.join(), await room.join(), await room.join()]
  full.reader.queued = 1_100_000
  behind.reader.queued = 100_000
  room.write('post', 'a')
  await pass(100)
  expect([quick, full, behind].map(({ reader }) => reader.cuts)).toEqual([[], ['slow'], []])
  expect(full.reader.texts()).toEqual([])
  await pass(3 * HEARTBEAT_MS)
  expect([quick, full, behind].map(({ reader }) => reader.cuts)).toEqual([[], ['slow'], ['slow']])
  room.write('post', 'b')
  await pass(100)
  expect(quick.reader.texts()).toEqual(['a#0', 'b#0'])
  expect(behind.reader.texts()).toEqual(['a#0'])
})

test('FAN7 a last message that was lost is found by reading heads: every 5 s, and every second without the bus', async () => {
  const room = new TestRoom()
  const { reader } = await room.join()
  room.commit('post', 'a')
  await pass(6500)
  expect(reader.texts()).toEqual(['a#0'])
  room.connected = false
  await pass(1000)
  room.commit('remove', 'a')
  await pass(1500)
  expect(reader.texts()).toEqual(['a#0', 'a removed'])
  room.commit('restore', 'a')
  room.connected = true
  await pass(500)
  expect(reader.texts()).toEqual(['a#0', 'a removed', 'a#0'])
})

test('FAN8 when the log has another epoch, or has fallen back, all readers are reset and nothing old is handed out', async () => {
  const room = new TestRoom()
  room.write('post', 'a')
  const saved = room.log.save()
  const { reader } = await room.join(0)
  room.write('post', 'b', 'c')
  await pass(10)
  room.log.restore(saved, 'life1')
  await pass(6500)
  expect(reader.frames().at(-1)).toEqual({
    type: 'reset',
    room: 'acme/keynote',
    position: 'life1:1',
    reason: 'epoch',
  })
  const second = await room.join(1)
  room.write('post', 'd')
  await pass(10)
  room.log.restore(saved, 'life1')
  await pass(6500)
  expect(second.reader.frames().at(-1)).toMatchObject({ type: 'reset', position: 'life1:1', reason: 'ahead' })
  const third = await room.join(0)
  expect(third.reader.texts()).toEqual(['a#0'])
  // Whoever was away then holds a position that must not fit what is written from now on.
  expect(room.log.head.epoch).toBe('life1-renewed')
  const away = await room.join({ epoch: 'life1', rev: 2 })
  expect(away.reader.frames()).toMatchObject([{ type: 'reset', reason: 'epoch' }])
})

test('FAN9 every reader is told where the room is at least every heartbeat', async () => {
  const room = new TestRoom()
  const { reader } = await room.join()
  await pass(10 * HEARTBEAT_MS)
  expect(reader.frames('head').length).toBeGreaterThanOrEqual(10)
  expect(new Set(reader.frames('head').map(({ position }) => position))).toEqual(new Set(['life0:0']))
})

test('FAN7 a room is opened without the bus, and looked at again when its news is heard', async () => {
  const room = new TestRoom({ headsEveryMs: 1_000_000 })
  const subscribed = Promise.withResolvers<void>()
  const subscribe = room.bus.subscribe.bind(room.bus)
  room.bus.subscribe = (id, listener) => ({ ...subscribe(id, listener), ready: subscribed.promise })
  const { reader, membership } = room.ask()
  await pass(300)
  await membership
  room.commit('post', 'a')
  subscribed.resolve()
  await pass(100)
  expect(reader.texts()).toEqual(['a#0'])
})

test('FAN14 the windows of all rooms together keep no more than they may, however many rooms there are', async () => {
  const room = new TestRoom({ windowsBytes: 10_000 })
  await room.join()
  for (let count = 0; count < 40; count++) {
    room.write('post', ...Array.from({ length: 10 }, (_, index) => `${count} ${index}`))
    await pass(100)
  }
  const alone = room.hub.windowBytes()
  expect(alone).toBeGreaterThan(8000)
  expect(alone).toBeLessThanOrEqual(10_000)
  const others = { ...room.room, id: 2, address: 'acme/other' } as typeof room.room
  const joined = room.hub.join(
    { room: others, since: undefined, view: 'reader', may: ['read'] },
    new RecordingReader(),
  )
  await pass(HEARTBEAT_MS)
  await joined
  expect(room.hub.windowBytes()).toBeLessThanOrEqual(5000)
})

test('FAN11 a node that missed very much starts the room anew rather than read it all', async () => {
  const room = new TestRoom()
  const { reader } = await room.join()
  for (let count = 0; count <= 10_000; count += 100) {
    room.commit('post', ...Array.from({ length: 100 }, (_, index) => `${count + index}`))
  }
  await pass(6500)
  expect(reader.frames().at(-1)).toMatchObject({ type: 'reset', reason: 'too-far' })
  expect(room.log.changeReads).toBe(0)
})

test('PRUNE5 a node that missed what was deleted since resets its readers, once', async () => {
  const room = new TestRoom()
  const { reader } = await room.join()
  room.commit('post', 'a', 'b', 'c')
  room.log.floor = 2
  await pass(6500)
  expect(reader.frames().at(-1)).toMatchObject({ type: 'reset', position: 'life0:3', reason: 'too-far' })
  expect(room.log.changeReads).toBe(1)
  const back = await room.join(3)
  room.write('post', 'd')
  await pass(100)
  expect(back.reader.texts()).toEqual(['d#0'])
})

test('FAN12 a log that is away for a while is read when it is back', async () => {
  const room = new TestRoom()
  const { reader } = await room.join()
  room.log.failing = true
  room.commit('post', 'lost')
  room.write('post', 'heard')
  await pass(10_000)
  expect(reader.texts()).toEqual([])
  room.log.failing = false
  await pass(2000)
  expect(reader.texts()).toEqual(['lost#0', 'heard#0'])
})
