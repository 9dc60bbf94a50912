import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { TcpProxy } from '../../e2e/parts/tcp-proxy.ts'
import { until } from '../../e2e/parts/until.ts'
import { buildApp } from './app.ts'
import { RedisBus } from './bus/redis-bus.ts'
import { type Database, openDatabase } from './db/database.ts'
import { redisPrefix } from './db/redis-prefix.ts'
import { Hub } from './fanout/hub.ts'
import { RecordingReader } from './fanout/race/recording-reader.ts'
import type { LogReader } from './log/log.ts'
import type { Room } from './rooms/room.ts'
import { guest, testApp } from './test-app.ts'

const logger = pino({ level: 'silent' })
const REDIS_URL = inject('redisUrl')
const warm = await testApp({ REDIS_URL })
const prefix = await redisPrefix(warm.database)
const openBus = () => new RedisBus({ url: REDIS_URL, prefix, logger })
const [bus, coldBus] = [openBus(), openBus()]
const node = await buildApp({ config: warm.config, database: warm.database, bus, logger })
const there = new URL(warm.database.url)
const proxy = await TcpProxy.to(Number(there.port))
there.port = String(proxy.port)
let far: Database
let cold: Awaited<ReturnType<typeof buildApp>>

beforeAll(async () => {
  far = await openDatabase(there.href, { poolSize: 2, log: logger })
  cold = await buildApp({ config: warm.config, database: far, bus: coldBus, logger })
  await until('both buses', () => bus.connected() && coldBus.connected())
})
afterAll(async () => {
  proxy.refuse(false)
  await cold.app.close()
  await node.app.close()
  for (const one of [bus, coldBus]) await one.close()
  await far.close()
  await proxy.close()
})

const someone = guest()
async function post(room: Room, text: string): Promise<string> {
  const id = randomUUID()
  const payload = { id, text, author: { name: 'Ada' } }
  const url = `/v1/rooms/${room.address}/items`
  const answer = await node.app.inject({ method: 'POST', url, headers: { authorization: someone }, payload })
  expect(answer.statusCode).toBe(201)
  return id
}

async function remove(room: Room, id: string): Promise<void> {
  const url = `/v1/rooms/${room.address}/items/${id}`
  const answer = await node.app.inject({ method: 'DELETE', url, headers: { authorization: someone } })
  expect(answer.statusCode).toBe(200)
}

/** A room with twelve posts, of which the fifth was taken down. */
async function evening(): Promise<Room> {
  const room = await warm.room(await warm.site(), { posting: 'guests' })
  const ids: string[] = []
  for (let count = 1; count <= 12; count++) ids.push(await post(room, `post ${count}`))
  await remove(room, ids[4] as string)
  await bus.flushed()
  return room
}

const ask = (app: typeof cold, room: Room, path: string) =>
  app.app.inject({ method: 'GET', url: `/v1/rooms/${room.address}${path}` })

test('RECENT8 a node that has just begun joins readers from what Redis keeps, and reads no changes', async () => {
  const room = await evening()
  const reads: string[] = []
  const log = new Proxy(node.log as LogReader, {
    get: (target, name: keyof LogReader) => {
      const read = target[name]
      return (...asked: never[]) => {
        reads.push(name)
        return (read as (...asked: never[]) => unknown)(...asked)
      }
    },
  })
  const hub = new Hub({ log, bus: coldBus, logger })
  const { epoch } = (await node.log.counts(room.id)).head
  const readers = Array.from({ length: 20 }, () => new RecordingReader())
  const since = { epoch, rev: 0 }
  const join = (reader: RecordingReader) => hub.join({ room, since, view: 'reader', may: [] }, reader)
  await Promise.all(readers.map(join))
  for (const reader of readers) {
    expect(reader.frames()).toMatchObject([{ type: 'joined', position: `${epoch}:13` }])
    expect(reader.texts()).toHaveLength(12)
    expect(reader.texts()).not.toContain('post 5')
  }
  expect(reads.filter((name) => name !== 'heads')).toEqual([])
  expect(reads.length).toBeLessThan(3)
  await hub.close()
})

test('RECENT9 a window that is behind the head of the log is not believed, and is made whole from it', async () => {
  const room = await evening()
  await bus.windows.drop(room.id)
  const before = await node.log.changesSince(room.id, 0, 5)
  // As if what followed had been lost on its way to Redis.
  await bus.windows.refill(room.id, before)
  const hub = new Hub({ log: node.log, bus: coldBus, logger })
  const reader = new RecordingReader()
  await hub.join({ room, since: { epoch: before.epoch, rev: 0 }, view: 'reader', may: [] }, reader)
  expect(reader.frames()).toMatchObject([{ type: 'joined', position: `${before.epoch}:13` }])
  expect(reader.texts()).not.toContain('post 5')
  await until('the window to be whole', async () => (await bus.windows.read(room.id))?.to === 13)
  await hub.close()
})

test('RECENT9 a window that has less than a page is filled by whoever opens the room', async () => {
  const room = await evening()
  await bus.windows.drop(room.id)
  await post(room, 'one more')
  await bus.flushed()
  expect(await bus.windows.read(room.id)).toMatchObject({ after: 13, to: 14 })
  const hub = new Hub({ log: node.log, bus: coldBus, logger })
  await hub.join({ room, since: undefined, view: 'reader', may: [] }, new RecordingReader())
  await until('the window to be filled', async () => (await bus.windows.read(room.id))?.after === 0)
  await hub.close()
})

test('RECENT10 while Postgres is away the top of a room is read and joined, and says that it may be old', async () => {
  const room = await evening()
  const fresh = (await ask(node, room, '/items?limit=5')).json()
  proxy.refuse(true)
  try {
    const summary = await ask(cold, room, '')
    expect(summary.json()).toMatchObject({ room: room.address, title: 'A room', items: 11, stale: true })
    const page = await ask(cold, room, '/items?limit=5')
    expect(page.headers['cache-control']).toBe('no-store')
    expect(page.json()).toEqual({ ...fresh, stale: true })
    const whole = (await ask(cold, room, '/items')).json()
    expect(whole.items).toHaveLength(11)
    expect(whole.older).toBeNull()
    expect((await ask(cold, room, `/items?before=${fresh.older}`)).json().code).toBe('unavailable')
    const reader = new RecordingReader()
    const [epoch] = fresh.position.split(':')
    await cold.hub.join({ room, since: { epoch, rev: 3 }, view: 'reader', may: [] }, reader)
    expect(reader.frames()).toMatchObject([{ type: 'joined', position: fresh.position }])
  } finally {
    proxy.refuse(false)
  }
  await until('Postgres to be asked again', async () => !(await ask(cold, room, '/items')).json().stale)
})

test('RECENT10 a page that begins in the middle of a room leads on to what is older', async () => {
  const room = await evening()
  const all = await node.log.changesSince(room.id, 0, 100)
  const recent = { ...all, after: 6, changes: all.changes.filter(({ rev }) => rev > 6) }
  await bus.windows.drop(room.id)
  await bus.windows.refill(room.id, recent)
  proxy.refuse(true)
  let older: string
  try {
    const page = (await ask(cold, room, '/items')).json()
    expect(page.items.map(({ text }: { text: string }) => text)).toEqual(
      ['12', '11', '10', '9', '8', '7'].map((number) => `post ${number}`),
    )
    older = page.older
  } finally {
    proxy.refuse(false)
  }
  const rest = await until('the older page', async () => {
    const page = await ask(cold, room, `/items?before=${older}`)
    return page.statusCode === 200 && page.json()
  })
  expect(rest.items.map(({ text }: { text: string }) => text)).toEqual(
    ['6', '4', '3', '2', '1'].map((number) => `post ${number}`),
  )
})
