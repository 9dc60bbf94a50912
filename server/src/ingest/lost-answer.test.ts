import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { TcpProxy } from '../../../e2e/parts/tcp-proxy.ts'
import { until } from '../../../e2e/parts/until.ts'
import { buildApp } from '../app.ts'
import { MemoryBus } from '../bus/memory-bus.ts'
import { openDatabase } from '../db/database.ts'
import { guest, testApp } from '../test-app.ts'

const { database, config, log, ...make } = await testApp()
const room = await make.room(await make.site(), { posting: 'guests' })
const key = await make.key(room.site, 'write')
const there = new URL(database.url)
const proxy = await TcpProxy.to(Number(there.port))
there.port = String(proxy.port)
const logger = pino({ level: 'silent' })
const far = await openDatabase(there.href, { poolSize: 2, log: logger })
const { app } = await buildApp({ config, database: far, bus: new MemoryBus(), logger })
afterAll(async () => {
  proxy.refuse(false)
  proxy.delayMs = 0
  await app.close()
  await far.close()
  await proxy.close()
})

const someone = guest()
const post = (id: string) =>
  app.inject({
    method: 'POST',
    url: `/v1/rooms/${room.address}/items`,
    headers: { authorization: someone },
    payload: { id, text: 'Hello', author: { name: 'Ada' } },
  })

/** Posts, and breaks the way to Postgres between the commit and its answer. */
async function postAndLoseTheAnswer() {
  const id = randomUUID()
  proxy.delayMs = 200
  const answer = post(id)
  await until('the commit', async () => (await log.item(room.id, id)) !== undefined)
  proxy.cut()
  proxy.delayMs = 0
  return { id, told: await answer }
}

test('POST8 a post whose commit is not known is told so, and sent again with its id it is there once', async () => {
  expect((await post(randomUUID())).statusCode).toBe(201)
  const { id, told } = await until('a lost answer', async () => {
    const lost = await postAndLoseTheAnswer()
    return lost.told.statusCode === 503 && lost
  })
  expect(told.json().code).toBe('outcome-unknown')
  expect(Number(told.headers['retry-after'])).toBeGreaterThan(0)
  const before = await log.counts(room.id)
  const again = await until('an answer', async () => {
    const answer = await post(id)
    return answer.statusCode !== 503 && answer
  })
  expect(again.statusCode).toBe(200)
  expect(again.json().item.id).toBe(id)
  expect(await log.counts(room.id)).toEqual(before)
})

test('HTTP8 a key that cannot be looked up is not told that a private room is not there', async () => {
  const hidden = await make.room(room.site, { visibility: 'private' })
  const ask = (authorization: string) =>
    app.inject({ url: `/v1/rooms/${hidden.address}`, headers: { authorization } })
  const other = await make.key(room.site, 'write')
  expect((await ask(key)).statusCode).toBe(200)
  proxy.refuse(true)
  const told = await ask(other)
  expect([told.statusCode, told.json().code]).toEqual([503, 'unavailable'])
  proxy.refuse(false)
  await until('the database', async () => (await ask(other)).statusCode === 200)
})

test('HTTP8 while the database is away every route says so, and says nothing else', async () => {
  proxy.refuse(true)
  const url = `/v1/rooms/${room.address}`
  const id = randomUUID()
  const reads = [
    await app.inject(url),
    await app.inject(`${url}/items`),
    await app.inject(`${url}/items/${id}`),
    await app.inject({ url: `${url}/items`, headers: { authorization: key } }),
  ]
  const writes = [
    await post(id),
    await app.inject({ method: 'DELETE', url: `${url}/items/${id}`, headers: { authorization: key } }),
  ]
  for (const answer of reads) expect(answer.json().code).toBe('unavailable')
  for (const answer of writes) expect(answer.json().code).toMatch(/^(unavailable|outcome-unknown)$/)
  for (const answer of [...reads, ...writes]) {
    expect(answer.statusCode).toBe(503)
    expect(Object.keys(answer.json()).sort()).toEqual(['code', 'status', 'title', 'type'])
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  }
  proxy.refuse(false)
  await until('the database', async () => (await app.inject(`${url}/items`)).statusCode === 200)
})
