import { LIMITS } from '@halley/shared'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Bus, RoomNews } from '../bus/bus.ts'
import { MemoryBus } from '../bus/memory-bus.ts'
import { RecordingReader } from './race/recording-reader.ts'
import { pass, stopTime, TestRoom } from './race/test-room.ts'

beforeEach(stopTime)
afterEach(() => vi.useRealTimers())

const many = (count: number, prefix = 'item'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`)

test('JOIN2 a join without a position, or since the head, is answered with no changes', async () => {
  const room = new TestRoom()
  room.write('post', 'a', 'b')
  for (const since of [undefined, 2]) {
    const { reader } = await room.join(since)
    expect(reader.frames()).toEqual([
      {
        type: 'joined',
        room: 'acme/keynote',
        after: 2,
        position: 'life0:2',
        changes: [],
        view: 'reader',
        may: ['read'],
        heartbeatMs: 15_000,
      },
    ])
  }
})

test('JOIN3 a join gets everything since its position, each item once and as it is now', async () => {
  const room = new TestRoom()
  room.write('post', 'a', 'b', 'c')
  const early = await room.join(0)
  room.write('edit', 'a')
  room.write('remove', 'b')
  const late = await room.join(1)
  expect(early.reader.texts()).toEqual(['a#0', 'b#0', 'c#0', 'a#1', 'b removed'])
  expect(late.reader.texts()).toEqual(['c#0', 'a#1', 'b removed'])
  expect(late.reader.frames('joined')[0]).toMatchObject({ after: 1, position: 'life0:5' })
})

test('JOIN4 a position of another epoch, ahead of the room, or too far behind is answered with a reset that says so', async () => {
  const room = new TestRoom()
  for (let count = 0; count <= LIMITS.catchUpChanges; count += 100)
    room.write('post', ...many(100, `${count}`))
  for (const [since, reason] of [
    [() => ({ epoch: 'other', rev: 3 }), 'epoch'],
    [() => room.log.head.rev + 1, 'ahead'],
    [() => Number.MAX_SAFE_INTEGER, 'ahead'],
    [() => room.log.head.rev - LIMITS.catchUpChanges - 1, 'too-far'],
  ] as const) {
    const position = `life0:${room.log.head.rev}`
    const { reader } = await room.join(since())
    room.write('post', `after ${position}`)
    await pass(100)
    expect(reader.frames()).toEqual([{ type: 'reset', room: 'acme/keynote', position, reason }])
  }
})

test('JOIN4 a join hands out so many characters at most, with what waits for the reader already', async () => {
  const room = new TestRoom()
  room.write('post', ...many(130, 'x'.repeat(2000)))
  expect((await room.join(70)).reader.texts()).toHaveLength(60)
  expect((await room.join(0)).reader.frames()).toMatchObject([{ type: 'reset', reason: 'too-far' }])
  const reader = new RecordingReader()
  reader.queued = 200_000
  await room.join(70, 'reader', reader)
  expect(reader.frames()).toMatchObject([{ type: 'reset', reason: 'too-far' }])
  await room.join(130, 'reader', reader)
  expect(reader.frames().at(-1), 'nothing to hand out').toMatchObject({ type: 'joined', changes: [] })
})

test('JOIN5 a join that has much to catch up says that more follows, in frames that keep to the limit', async () => {
  const room = new TestRoom()
  room.write('post', ...many(LIMITS.catchUpChanges))
  const { reader } = await room.join(0)
  const frames = reader.frames() as { type: string; after: number; position: string; changes: unknown[] }[]
  expect(frames.map(({ type }) => type)).toEqual(['joined', ...Array(4).fill('changes')])
  expect(reader.frames('joined')[0]?.more).toBe(true)
  expect(frames.map(({ changes }) => changes.length)).toEqual(Array(5).fill(LIMITS.frameChanges))
  expect(frames.map(({ after, position }) => [after, position])).toEqual(
    [0, 200, 400, 600, 800].map((after) => [after, `life0:${after + 200}`]),
  )
})

test('JOIN6 a join begun after text was taken back elsewhere gets none of it, though this node has not heard', async () => {
  const room = new TestRoom()
  await room.join()
  room.write('post', 'a', 'b')
  await pass(10)
  room.commit('remove', 'a')
  const { reader } = await room.join(0)
  expect(reader.texts()).toEqual(['b#0', 'a removed'])
})

test('JOIN6 a node that neither reads the log nor hears the bus hands out nothing from memory', async () => {
  const room = new TestRoom()
  await room.join()
  room.write('post', 'a', 'b')
  await pass(10)
  room.log.failing = true
  expect((await room.join(0)).reader.texts(), 'the bus alone is enough').toEqual(['a#0', 'b#0'])
  room.connected = false
  room.commit('remove', 'a')
  const cut = room.ask(0)
  await pass(100)
  await expect(cut.membership).rejects.toMatchObject({ code: 'unavailable' })
  await pass(1000)
  room.connected = true
  const missed = room.ask(0)
  await pass(100)
  await expect(missed.membership, 'what came meanwhile was not heard').rejects.toMatchObject({
    code: 'unavailable',
  })
  room.log.failing = false
  expect((await room.join(0)).reader.texts()).toEqual(['b#0', 'a removed'])
})

test('JOIN6 what this node did not hear while it cannot read the log is taken from what processes share', async () => {
  const shared = { news: undefined as RoomNews | undefined, reads: 0 }
  const bus: Bus = Object.assign(new MemoryBus(), {
    windows: {
      read: async () => {
        shared.reads += 1
        return shared.news
      },
      refill: async () => {},
    },
  })
  const room = new TestRoom({}, bus)
  await room.join()
  room.write('post', 'a', 'b')
  await pass(10)
  room.log.failing = true
  shared.news = room.commit('remove', 'a')
  shared.reads = 0
  const asked = Array.from({ length: 50 }, () => room.ask(0))
  await pass(1000)
  for (const { reader } of asked) expect(reader.texts()).toEqual(['b#0', 'a removed'])
  expect(shared.reads, 'however many come').toBe(1)
  shared.news = { ...shared.news, epoch: 'other' }
  const begunAnew = room.ask(0)
  await pass(1000)
  await expect(begunAnew.membership).rejects.toMatchObject({ code: 'unavailable' })
})

test('JOIN6 text is gone from memory when its removal is heard, even before the removal has its turn', async () => {
  const room = new TestRoom({ logDelayMs: 20 })
  await room.join()
  room.write('post', 'a')
  await pass(10)
  const late = room.commit('post', 'b')
  const asked = room.ask(0)
  room.write('remove', 'a')
  await pass(1)
  room.announce(late)
  await pass(200)
  expect(asked.reader.texts()).toEqual(['b#0', 'a removed'])
})

test('JOIN7 a join is refused as unavailable where neither memory nor the log can answer it', async () => {
  const room = new TestRoom()
  room.write('post', 'a', 'b')
  room.log.failing = true
  const cold = room.ask()
  await pass(100)
  await expect(cold.membership).rejects.toMatchObject({ code: 'unavailable' })
  room.log.failing = false
  await room.join()
  room.write('post', 'c')
  await pass(10)
  room.log.failing = true
  const asks = [0, 9, { epoch: 'other', rev: 1 }].map((since) => room.ask(since))
  await pass(100)
  for (const { membership, reader } of asks) {
    await expect(membership).rejects.toMatchObject({ code: 'unavailable' })
    expect(reader.frames()).toEqual([])
  }
  const { reader } = await room.join(2)
  expect(reader.texts()).toEqual(['c#0'])
})

test('JOIN8 nothing is sent to whoever has left', async () => {
  const room = new TestRoom()
  const stays = await room.join()
  const leaves = await room.join()
  room.write('post', 'a')
  leaves.membership.leave()
  leaves.membership.leave()
  await pass(30_000)
  expect(stays.reader.texts()).toEqual(['a#0'])
  expect(leaves.reader.frames()).toHaveLength(1)
})

test('JOIN9 news that comes while a room is being opened is not lost, nor read again', async () => {
  const room = new TestRoom({ logDelayMs: 10 })
  room.write('post', 'a')
  const asked = room.ask(1)
  await pass(15)
  room.write('post', 'b')
  await pass(5)
  room.write('post', 'c')
  await pass(100)
  expect(asked.reader.texts()).toEqual(['b#0', 'c#0'])
  expect(room.log.changeReads).toBe(0)
})

test('JOIN10 who returns is served from memory, and however many come to a cold room, the log is read once for all', async () => {
  const room = new TestRoom({ logDelayMs: 5 })
  room.write('post', ...many(300))
  const asks = Array.from({ length: 500 }, (_, index) => room.ask(index % 300))
  await pass(1000)
  asks.forEach(({ reader }, index) => {
    expect(reader.texts()).toHaveLength(300 - (index % 300))
  })
  expect(room.log.changeReads).toBeLessThanOrEqual(2)
  const before = room.log.changeReads
  const again = Array.from({ length: 500 }, (_, index) => room.ask(index % 300))
  await pass(1000)
  for (const { reader } of again) expect(reader.frames('joined')).toHaveLength(1)
  expect(room.log.changeReads).toBe(before)
})

test('JOIN11 staff see what is held and who is gone, readers do not, and both are at the same position', async () => {
  const room = new TestRoom()
  const live = { staff: await room.join(0, 'staff'), reader: await room.join(0, 'reader') }
  for (const [step, id] of [
    ['post-held', 'a'],
    ['post', 'b'],
    ['release', 'a'],
  ] as const) {
    room.write(step, id)
    await pass(100)
  }
  const back = { staff: await room.join(0, 'staff'), reader: await room.join(0, 'reader') }
  expect(live.staff.reader.texts()).toEqual(['a#0', 'b#0', 'a#0'])
  expect(live.reader.reader.texts()).toEqual(['b#0', 'a#0'])
  for (const { reader } of [back.staff, back.reader]) {
    expect(reader.texts()).toEqual(['b#0', 'a#0'])
    expect(reader.frames('joined')[0]).toMatchObject({ after: 0, position: 'life0:3' })
  }
})
