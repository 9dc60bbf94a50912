import { expect, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import type { RoomId } from '../rooms/room.ts'
import type { Spool } from './spool.ts'
import { streamOf } from './stream-keys.ts'
import { neighbour, post, room, testSpools } from './test-spool.ts'

const { aSpool, drainInto } = await testSpools()

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => from + n)
const ids = (from: number, to: number) => numbers(from, to).map((n) => `id-${n}`)
const add = (spool: Spool, of: RoomId, from: number, to: number) =>
  Promise.all(numbers(from, to).map((n) => spool.add(post(n, of), 'anyway')))

test('SPOOL20 a room of which nothing can be stored holds up no other one of its stream', async () => {
  expect(streamOf(neighbour)).toBe(streamOf(room))
  const { spool, prefix } = await aSpool()
  await add(spool, room, 0, 1150)
  await add(spool, neighbour, 2000, 2150)
  let stuck = true
  const { stored } = drainInto(spool, prefix, (one) => ({
    is: stuck && one.room === room ? 'later' : 'stored',
  }))
  await until('the other room to be drained', () => !spool.waits(neighbour))
  expect(stored).toEqual(ids(2000, 2150))
  await add(spool, neighbour, 2150, 2160)
  await add(spool, room, 1150, 1200)
  await until('the other room to be drained again', () => !spool.waits(neighbour))
  expect(stored).toEqual(ids(2000, 2160))
  expect(await spool.add(post(1200), 'behind')).toBe('queued')
  stuck = false
  await until('all to be drained', () => !spool.waits(room))
  expect(stored.slice(160)).toEqual(ids(0, 1201))
})

test('SPOOL4 what is behind a post that cannot be stored yet waits, also where much is before it', async () => {
  const { spool, prefix } = await aSpool()
  await add(spool, room, 0, 250)
  let asked = 0
  const { stored } = drainInto(spool, prefix, () => {
    asked += 1
    return { is: asked <= 100 ? 'later' : 'stored' }
  })
  await until('all to be drained', () => !spool.waits(room))
  expect(stored).toEqual(ids(0, 250))
})

test('SPOOL21 a process that can store nothing of a stream leaves it to one that can', async () => {
  const { spool, prefix } = await aSpool()
  const other = await aSpool({}, prefix)
  let tries = 0
  drainInto(spool, prefix, () => {
    tries += 1
    return { is: 'later' }
  })
  await add(spool, room, 0, 150)
  await until('the one to have the stream', () => tries > 0)
  const { stored } = drainInto(other.spool, prefix)
  await until('the other to have drained it', () => !spool.waits(room), 20)
  expect(stored).toEqual(ids(0, 150))
})
