import { randomUUID } from 'node:crypto'
import { afterAll, expect, test } from 'vitest'
import { startRedis } from '../../../e2e/parts/redis.ts'
import { redisProgram } from '../../../e2e/parts/redis-program.ts'
import { until } from '../../../e2e/parts/until.ts'
import { openRedis } from '../db/open-redis.ts'
import type { RoomId } from '../rooms/room.ts'
import { Drainers } from './drainers.ts'
import { Spool, type SpoolBounds } from './spool.ts'
import type { Fate, SpooledPost } from './spooled-post.ts'
import type { Handed } from './stream-drainer.ts'
import { streamOf } from './stream-keys.ts'

const redis = await startRedis(await redisProgram(), ['--appendfsync', 'always'])
const opened: (() => void | Promise<void>)[] = []
afterAll(async () => {
  for (const close of opened.reverse()) await close()
  await redis.stop()
})
const silent = { debug() {}, info() {}, warn() {}, error() {} }
const open = (name: string) => openRedis(redis.url, name)

async function aSpool(bounds: Partial<SpoolBounds> = {}, prefix: string = randomUUID()) {
  const spool = new Spool({ open, prefix, logger: silent, bounds })
  opened.push(() => spool.close())
  await until('the spool to know its Redis', () => spool.keeps)
  return { spool, prefix }
}

function drainInto(
  spool: Spool,
  prefix: string,
  fate: (post: SpooledPost) => Fate = () => ({ is: 'stored' }),
) {
  const stored: string[] = []
  const deliver = async (posts: readonly Handed[]) =>
    posts.map((post) => {
      const becomes = fate(post)
      if (becomes.is === 'stored') stored.push(post.id)
      return becomes
    })
  const drainers = new Drainers({ open, prefix, backlog: spool.backlog, logger: silent, deliver })
  opened.push(() => drainers.close())
  return { stored, drainers }
}

const room = 7 as RoomId
const post = (n: number, of: RoomId = room): SpooledPost => ({
  room: of,
  id: `id-${n}`,
  poster: 'guest:a b',
  hash: `hash-${n}`,
  payload: JSON.stringify({ n }),
})

test('SPOOL1 posts come out in the order of their room, each once, and then the room is empty', async () => {
  const { spool, prefix } = await aSpool()
  for (let n = 0; n < 250; n += 1) expect(await spool.add(post(n), 'anyway')).toBe('queued')
  expect(spool.waits(room)).toBe(true)
  const { stored } = drainInto(spool, prefix)
  await until('all to be drained', () => stored.length >= 250)
  expect(stored).toEqual(Array.from({ length: 250 }, (_, n) => `id-${n}`))
  await until('the room to be known as empty', () => !spool.waits(room))
  expect(await spool.add(post(1), 'behind')).toBe('empty')
})

test('SPOOL2 the same post again is queued once, and another one with its id is refused', async () => {
  const { spool, prefix } = await aSpool()
  await spool.add(post(1), 'anyway')
  expect(await spool.add(post(1), 'anyway')).toBe('queued')
  expect(await spool.add({ ...post(1), hash: 'other' }, 'anyway')).toBe('id-taken')
  expect(await spool.add({ ...post(1), poster: 'guest:b' }, 'anyway')).toBe('id-taken')
  const { stored } = drainInto(spool, prefix)
  await until('it to be drained', () => !spool.waits(room))
  expect(stored).toEqual(['id-1'])
})

test('SPOOL3 new posts of a room join its tail on every node, and posts of other rooms do not', async () => {
  const { spool, prefix } = await aSpool()
  const other = await aSpool({}, prefix)
  await spool.add(post(1), 'anyway')
  await until('the other node to know', () => other.spool.waits(room))
  const neighbour = (room + 64) as RoomId
  expect(streamOf(neighbour)).toBe(streamOf(room))
  expect(other.spool.waits(neighbour)).toBe(false)
  expect(await other.spool.add(post(2, neighbour), 'behind')).toBe('empty')
  expect(await other.spool.add(post(2), 'behind')).toBe('queued')
})

test('SPOOL3 a room that is posted to all the time gets out of the queue', async () => {
  const { spool, prefix } = await aSpool()
  await spool.add(post(0), 'anyway')
  const { stored } = drainInto(spool, prefix)
  let n = 1
  await until('a post that need not wait', async () => {
    const added = await Promise.all([1, 2, 3, 4].map(() => spool.add(post(n++), 'behind')))
    return added.includes('empty')
  })
  await until('the others to be drained', async () => !spool.waits(room) && (await spool.backlog.look()))
  expect(stored).toEqual(stored.toSorted((a, b) => Number(a.slice(3)) - Number(b.slice(3))))
})

test('SPOOL4 what cannot be stored yet keeps its place and what is behind it', async () => {
  const { spool, prefix } = await aSpool()
  for (let n = 0; n < 3; n += 1) await spool.add(post(n), 'anyway')
  let away = true
  let tries = 0
  const { stored } = drainInto(spool, prefix, () => {
    tries += 1
    return { is: away ? 'later' : 'stored' }
  })
  await until('a first try', () => tries > 0)
  expect(await spool.add(post(3), 'behind')).toBe('queued')
  away = false
  await until('all to be drained', () => stored.length === 4)
  expect(stored).toEqual(['id-0', 'id-1', 'id-2', 'id-3'])
})
