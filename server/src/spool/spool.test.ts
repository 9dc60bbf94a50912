import type { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import type { RoomId } from '../rooms/room.ts'
import { findKeeping } from './keeping.ts'
import { dropParked, listParked, type ParkedPost, retryParked } from './parked.ts'
import { SpoolLink } from './spool-link.ts'
import type { Fate, SpooledPost } from './spooled-post.ts'
import { type Handed, StreamDrainer, TRIES } from './stream-drainer.ts'
import { streamKeys, streamOf } from './stream-keys.ts'
import { post, room, testSpools } from './test-spool.ts'

const { aSpool, drainInto, open, opened } = await testSpools()

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

test('SPOOL12 only a Redis that keeps what it acknowledges, and evicts nothing, is trusted with posts', async () => {
  const client = open('settings')
  opened.push(() => client.disconnect())
  await until('the connection', () => client.status === 'ready')
  const set = (name: string, value: string) => client.call('CONFIG', 'SET', name, value)
  const by = async () => (await findKeeping(client)).by
  expect(await by()).toBe('always')
  for (const [name, wrong, right] of [
    ['maxmemory-policy', 'allkeys-lru', 'noeviction'],
    ['maxmemory-policy', 'volatile-lru', 'noeviction'],
    ['appendonly', 'no', 'yes'],
  ] as const) {
    await set(name, wrong)
    expect(await findKeeping(client)).toMatchObject({ by: 'nothing', why: expect.stringContaining(name) })
    await set(name, right)
  }
  const canWait = Number(/redis_version:(\d+\.\d+)/.exec(await (client as Redis).info())?.[1]) >= 7.2
  for (const [name, wrong, right] of [
    ['appendfsync', 'everysec', 'always'],
    ['no-appendfsync-on-rewrite', 'yes', 'no'],
  ] as const) {
    await set(name, wrong)
    expect(await by()).toBe(canWait ? 'waitaof' : 'nothing')
    await set(name, right)
  }
  await until('what is left to be kept', async () => (await by()) === 'always')
})

test('SPOOL12 a Redis that stops keeping posts is trusted with none a moment later', async () => {
  const { spool } = await aSpool()
  const client = open('settings')
  opened.push(() => client.disconnect())
  await until('the connection', () => client.status === 'ready')
  await client.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
  await until('the spool to know', () => !spool.keeps)
  await expect(spool.add(post(1), 'anyway')).rejects.toMatchObject({ code: 'unavailable' })
  await client.call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')
  await until('the spool to know', () => spool.keeps)
  expect(await spool.add(post(1), 'anyway')).toBe('queued')
})

test.each([
  ['posts', { posts: 2 }],
  ['bytes', { bytes: 14 }],
  ['age', { ageMs: 0 }],
])('SPOOL13 a stream that has enough %s takes no more, and keeps what it has', async (what, bounds) => {
  const { spool, prefix } = await aSpool(bounds)
  let taken = 0
  const refused = await until('a refusal', async () => {
    const told = await spool.add(post(taken), 'anyway').catch((error: unknown) => error)
    if (told === 'queued') taken += 1
    return told !== 'queued' && told
  })
  expect(refused).toMatchObject({ code: 'unavailable', retryAfter: expect.any(Number) })
  if (what !== 'age') expect(taken).toBe(2)
  expect(await spool.add(post(0), 'anyway')).toBe('queued')
  const { stored } = drainInto(spool, prefix)
  await until('all to be drained', () => !spool.waits(room))
  expect(stored).toHaveLength(taken)
  expect(await spool.add(post(99), 'anyway')).toBe('queued')
})

test('SPOOL14 a post that fails again and again is put aside with its reason, and the next ones go on', async () => {
  const { spool, prefix } = await aSpool()
  for (let n = 0; n < 3; n += 1) await spool.add(post(n), 'anyway')
  let tries = 0
  const fate = (one: SpooledPost): Fate => {
    if (one.id !== 'id-1') return { is: tries < TRIES && one.id === 'id-2' ? 'later' : 'stored' }
    tries += 1
    return { is: 'failed', why: 'it breaks' }
  }
  const { stored, drainers } = drainInto(spool, prefix, fate)
  await until('the room to be empty', () => !spool.waits(room) && stored.includes('id-2'))
  expect(tries).toBe(TRIES)
  expect(drainers.counts.parked).toBe(1)
  const client = open('look')
  opened.push(() => client.disconnect())
  await until('the connection', () => client.status === 'ready')
  const parked = await client.xrange(streamKeys(prefix, streamOf(room)).parked, '-', '+')
  expect(parked.map(([, fields]) => fields)).toEqual([
    expect.arrayContaining(['why', 'it breaks', 'field', '7/id-1', 'post', post(1).payload]),
  ])
  expect(await spool.fate(room, 'id-1', 'guest:a b')).toBe('queued')
})

test('SPOOL13 one room does not take up the stream that it shares', async () => {
  const { spool } = await aSpool({ roomPosts: 2 })
  const other = (room + 64) as RoomId
  for (let n = 0; n < 2; n += 1) expect(await spool.add(post(n), 'anyway')).toBe('queued')
  await expect(spool.add(post(2), 'anyway')).rejects.toMatchObject({ code: 'unavailable' })
  expect(await spool.add(post(3, other), 'anyway')).toBe('queued')
  expect(await spool.add(post(1), 'anyway')).toBe('queued')
})

test('SPOOL19 what was put aside is listed with its reason, and waits again or is given up as it is told', async () => {
  const { spool, prefix } = await aSpool()
  for (let n = 0; n < 3; n += 1) await spool.add(post(n), 'anyway')
  let mended = false
  const fate = ({ id }: SpooledPost): Fate =>
    mended || id === 'id-0' ? { is: 'stored' } : { is: 'failed', why: `${id} breaks` }
  const { stored } = drainInto(spool, prefix, fate)
  const link = new SpoolLink(open('look'))
  opened.push(() => link.close())
  await until('the connection', () => link.redis.status === 'ready')
  const [one, two] = (await until('both to be put aside', async () => {
    const posts = await listParked(link, prefix)
    return posts.length === 2 && posts
  })) as [ParkedPost, ParkedPost]
  expect([one, two]).toMatchObject([
    { room, id: 'id-1', poster: 'guest:a b', why: 'id-1 breaks' },
    { room, id: 'id-2', poster: 'guest:a b', why: 'id-2 breaks' },
  ])
  mended = true
  expect(await retryParked(link, prefix, one)).toBe(true)
  await until('it to be stored', () => stored.includes('id-1'))
  await until('it to be known as stored', async () => !(await spool.fate(room, 'id-1', 'guest:a b')))
  expect(await dropParked(link, prefix, two)).toBe(true)
  expect(await spool.fate(room, 'id-2', 'guest:a b')).toBe('rejected')
  expect(await listParked(link, prefix)).toEqual([])
  expect([await retryParked(link, prefix, one), await dropParked(link, prefix, two)]).toEqual([false, false])
  await until('the room to be empty', () => !spool.waits(room))
  expect(stored).toEqual(['id-0', 'id-1'])
  expect(await spool.fate(room, 'id-1', 'guest:a b')).toBe(undefined)
  expect(await spool.add(post(1), 'behind')).toBe('empty')
})

test('SPOOL15 a drainer that lost its lease settles nothing, and the next one is handed the same again', async () => {
  const { spool, prefix } = await aSpool()
  spool.backlog.close()
  for (let n = 0; n < 3; n += 1) await spool.add(post(n), 'anyway')
  const link = new SpoolLink(open('drain'))
  opened.push(() => link.close())
  await until('the connection', () => link.redis.status === 'ready')
  const take = (node: string) =>
    StreamDrainer.take(link, { prefix, stream: streamOf(room), node, tries: new Map() })
  const dead = (await take('dead')) as StreamDrainer
  expect(await take('other')).toBeUndefined()
  let next: StreamDrainer | undefined
  const handed: string[][] = []
  const store = async (posts: readonly Handed[]): Promise<Fate[]> => {
    handed.push(posts.map(({ id }) => id))
    return posts.map(() => ({ is: 'stored' }))
  }
  const settled = await dead.chunk(async (posts) => {
    await link.redis.del(streamKeys(prefix, streamOf(room)).lease)
    next = await take('other')
    return store(posts)
  })
  expect(settled).toBe('lost')
  expect(await next?.chunk(store)).toMatchObject({ settled: 3, left: 0 })
  expect(await next?.chunk(store)).toBe('empty')
  expect(handed).toEqual([
    ['id-0', 'id-1', 'id-2'],
    ['id-0', 'id-1', 'id-2'],
  ])
  await dead.release()
  expect(await take('third')).toBeUndefined()
  await next?.release()
})
