import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { startRedis } from '../../../e2e/parts/redis.ts'
import { redisProgram } from '../../../e2e/parts/redis-program.ts'
import { TcpProxy } from '../../../e2e/parts/tcp-proxy.ts'
import { until } from '../../../e2e/parts/until.ts'
import { buildApp } from '../app.ts'
import { MemoryBus } from '../bus/memory-bus.ts'
import { openDatabase } from '../db/database.ts'
import { registry } from '../metrics/metrics.ts'
import type { Room } from '../rooms/room.ts'
import { updateRoom } from '../rooms/update-room.ts'
import { guest, testApp } from '../test-app.ts'

const { database, config, log, box: _box, ...make } = await testApp()
const redis = await startRedis(await redisProgram(), ['--appendfsync', 'always'])
const there = new URL(database.url)
const proxy = await TcpProxy.to(Number(there.port))
there.port = String(proxy.port)
const logger = pino({ level: 'silent' })
const far = await openDatabase(there.href, { poolSize: 4, log: logger })
const { app } = await buildApp({
  config: { ...config, redisUrl: redis.url },
  database: far,
  bus: new MemoryBus(),
  logger,
})
afterAll(async () => {
  proxy.refuse(false)
  await app.close()
  await far.close()
  await proxy.close()
  await redis.stop()
})
const site = await make.site()
const open = { posting: 'guests' } as const
let room: Room
let someone: string
beforeEach(async () => {
  proxy.refuse(false)
  room = await make.room(site, open)
  someone = guest()
  // What a node has heard of it knows while Postgres is away.
  await until('a post to be stored', async () => (await post(randomUUID())).statusCode === 201)
})

const author = { name: 'Ada' }
const post = (id: string, text = 'Hello', authorization = someone) =>
  app.inject({
    method: 'POST',
    url: `/v1/rooms/${room.address}/items`,
    headers: { authorization },
    payload: { id, text, author },
  })
const item = (id: string, authorization?: string) =>
  app.inject({
    url: `/v1/rooms/${room.address}/items/${id}`,
    headers: authorization ? { authorization } : {},
  })

async function stored(): Promise<string[]> {
  const page = await log.page(room.id, { view: 'staff', limit: 200 })
  if (page === 'item-unknown') throw new Error('no page')
  return page.items.map(({ id }) => id).reverse()
}

test('SPOOL5 posts are queued while the log is away, and stored once and in order when it is back', async () => {
  const before = await stored()
  proxy.refuse(true)
  const ids = Array.from({ length: 20 }, () => randomUUID())
  for (const id of ids) {
    const told = await post(id, `Post ${id}`)
    expect([told.statusCode, told.json()]).toEqual([202, { id, status: 'queued' }])
  }
  expect((await post(ids[3] as string, `Post ${ids[3]}`)).json()).toEqual({ id: ids[3], status: 'queued' })
  expect((await post(ids[3] as string, 'Another')).json().code).toBe('id-taken')
  expect((await post(ids[3] as string, `Post ${ids[3]}`, guest())).json().code).toBe('id-taken')
  proxy.refuse(false)
  await until('all to be stored', async () => (await stored()).length === before.length + ids.length)
  expect(await stored()).toEqual([...before, ...ids])
  const again = await until('the queue to be empty', async () => {
    const answer = await post(ids[3] as string, `Post ${ids[3]}`)
    return answer.statusCode === 200 && answer
  })
  expect(again.json().item).toMatchObject({ id: ids[3], text: `Post ${ids[3]}` })
  expect((await log.counts(room.id)).items).toBe(before.length + ids.length)
})

test('SPOOL6 the poster of a queued post is told that it waits, and nobody else is told of it', async () => {
  const id = randomUUID()
  proxy.refuse(true)
  expect((await post(id)).statusCode).toBe(202)
  const told = await item(id, someone)
  expect([told.statusCode, told.json()]).toEqual([202, { id, status: 'queued' }])
  for (const who of [guest(), undefined]) expect((await item(id, who)).json().code).toBe('unavailable')
  proxy.refuse(false)
  await until('it to be stored', async () => (await item(id, someone)).statusCode === 200)
})

test('SPOOL7 a queued post is judged anew: held, or refused and its poster told so', async () => {
  const [held, long, byKey] = [randomUUID(), randomUUID(), randomUUID()]
  const key = await make.keyWithId(site, 'write')
  expect((await post(randomUUID(), 'The key is known', key.authorization)).statusCode).toBe(201)
  proxy.refuse(true)
  const answers = [
    await post(held),
    await post(long, 'Longer than it may be by then'),
    await post(byKey, 'Short', key.authorization),
  ]
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 202])
  await updateRoom(database, room.id, { settings: { holdPosts: true, textLimit: 10 } })
  await database.sql`UPDATE api_keys SET revoked_at = now() WHERE id = ${key.id}`
  proxy.refuse(false)
  const told = await until('it to be refused', async () => {
    const answer = await item(long, someone)
    return answer.statusCode === 422 && answer
  })
  expect(told.json().code).toBe('rejected')
  const toOthers = await until('every connection', async () => {
    const answer = await item(long, guest())
    return answer.statusCode !== 503 && answer
  })
  expect(toOthers.json().code).toBe('item-unknown')
  const waiting = await until('it to be held', async () => {
    const answer = await item(held, someone)
    return answer.statusCode === 200 && answer
  })
  expect(waiting.json()).toMatchObject({ id: held, held: true, seq: null })
  await until(
    'the queue to be empty',
    async () => (await post(randomUUID(), 'Short')).json().status === 'held',
  )
  const there = await database.sql`SELECT id FROM items WHERE id IN (${held}, ${long}, ${byKey})`
  expect(there.map(({ id }) => id)).toEqual([held])
})

test('METRIC8 what waits is told by readiness and as numbers, and that it has drained', async () => {
  const number = async (name: string) => {
    const { values } = (await registry.getSingleMetric(`halley_${name}`)?.get()) ?? { values: [] }
    return values[0]?.value
  }
  const ready = async () => (await app.inject('/health/ready')).json()
  await until('nothing to wait', async () => (await ready()).queued === 0)
  const [queued, drained] = [
    (await number('spool_queued_total')) ?? 0,
    (await number('spool_drained_total')) ?? 0,
  ]
  proxy.refuse(true)
  for (let n = 0; n < 3; n += 1) expect((await post(randomUUID())).statusCode).toBe(202)
  await until('three to be seen to wait', async () => (await ready()).queued === 3)
  expect(await ready()).toMatchObject({ status: 'not-ready', database: 'down', spool: 'keeps' })
  expect([await number('spool_posts'), await number('spool_rooms'), await number('database_up')]).toEqual([
    3, 1, 0,
  ])
  expect(await number('spool_queued_total')).toBe(queued + 3)
  proxy.refuse(false)
  await until('it to drain', async () => (await number('spool_drained_total')) === drained + 3)
  await until(
    'readiness',
    async () => (await ready()).status === 'ready' && (await number('spool_posts')) === 0,
  )
})
