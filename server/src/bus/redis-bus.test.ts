import { randomUUID } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis as Client } from 'ioredis'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { freePort } from '../../../e2e/parts/free-port.ts'
import { type Redis, startRedis } from '../../../e2e/parts/redis.ts'
import { redisProgram } from '../../../e2e/parts/redis-program.ts'
import { until } from '../../../e2e/parts/until.ts'
import type { RoomId } from '../rooms/room.ts'
import type { RoomNews } from './bus.ts'
import { RedisBus } from './redis-bus.ts'

const room = 7 as RoomId
const news = (to: number): RoomNews => ({ epoch: 'k3f9', after: to - 1, to, changes: [] })

let redis: Redis
beforeAll(async () => {
  redis = await startRedis(await redisProgram())
})
afterAll(() => redis.stop())

const opened: RedisBus[] = []
afterEach(async () => {
  for (const bus of opened.splice(0)) await bus.close()
})

function open(prefix: string, url = redis.url): RedisBus {
  const bus = new RedisBus({ url, prefix, logger: { warn: () => {} } })
  opened.push(bus)
  return bus
}

/** On a bus that has just been opened: it is connected with what was asked of it until then, however long that takes. */
function subscribe(bus: RedisBus, to: RoomId, listener: (news: RoomNews) => void): void {
  bus.subscribe(to, listener).ready.catch(() => {})
}

test('BUS6 a bus whose Redis was killed says so, and after its return hears every room again', async () => {
  const prefix = randomUUID()
  const [here, there] = [open(prefix), open(prefix)]
  const heard: number[] = []
  const rooms = Array.from({ length: 1200 }, (_, index) => (index + 1) as RoomId)
  for (const one of rooms) subscribe(there, one, ({ to }) => heard.push(to))
  await until('both to be connected', () => here.connected() && there.connected())
  await redis.kill()
  await until('both to notice', () => !here.connected() && !there.connected())
  here.publish(room, news(1))
  await redis.start()
  await until('both to be back', () => here.connected() && there.connected())
  for (const one of rooms) here.publish(one, news(one + 1))
  await until('news of all rooms', () => heard.length === rooms.length)
  expect(heard).toEqual(rooms.map((one) => one + 1))
})

test('BUS6 a subscription that was lost says so, however soon it is back', async () => {
  const bus = open(randomUUID())
  await until('the bus to be connected', () => bus.connected())
  expect(bus.lostAt()).toBe(Number.NEGATIVE_INFINITY)
  const operator = new Client(redis.url)
  const before = performance.now()
  await operator.client('KILL', 'TYPE', 'PUBSUB')
  await until('it to be back', () => bus.lostAt() > before && bus.connected())
  await operator.quit()
})

test('RECENT11 what was kept of rooms that were told of while Redis went is dropped when it is back', async () => {
  const bus = open(randomUUID())
  await until('the bus to be connected', () => bus.connected())
  const [before, while_, quiet] = [1, 2, 3] as RoomId[] as [RoomId, RoomId, RoomId]
  for (const one of [while_, quiet]) bus.publish(one, news(1))
  await bus.flushed()
  // Longer ago than what a Redis may forget.
  await sleep(3500)
  bus.publish(before, news(1))
  await bus.flushed()
  await redis.kill()
  await until('the bus to notice', () => !bus.connected())
  bus.publish(while_, news(2))
  await redis.start()
  await until('the bus to be back', () => bus.connected())
  await until('the windows to be dropped', async () => {
    const kept = await Promise.all([before, while_].map((one) => bus.windows.read(one)))
    return kept.every((window) => window === undefined)
  })
  expect(await bus.windows.read(quiet)).toMatchObject({ after: 0, to: 1 })
})

test('BUS7 without Redis, publish does not wait, local listeners hear and a subscription is refused in time', async () => {
  const bus = open(randomUUID(), `redis://127.0.0.1:${await freePort()}`)
  const heard: number[] = []
  const subscription = bus.subscribe(room, ({ to }) => heard.push(to))
  for (let to = 1; to <= 1000; to++) bus.publish(room, news(to))
  expect(heard).toHaveLength(1000)
  expect(bus.connected()).toBe(false)
  await expect(subscription.ready).rejects.toThrow('not confirmed within 1000 ms')
  bus.publish(room, news(1001))
  expect(heard).toHaveLength(1001)
})

test('BUS8 a Redis that accepts and never answers counts as away', async () => {
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as { port: number }
  const bus = open(randomUUID(), `redis://127.0.0.1:${port}`)
  const heard: number[] = []
  const subscription = bus.subscribe(room, ({ to }) => heard.push(to))
  bus.publish(room, news(1))
  await expect(subscription.ready).rejects.toThrow('not confirmed')
  expect(bus.connected()).toBe(false)
  expect(heard).toEqual([1])
  await bus.close()
  silent.close()
})

test('BUS9 a subscription that answers and delivers nothing is noticed and made anew', async () => {
  const prefix = randomUUID()
  const swallowing = await swallowMessages(redis.port)
  const [here, there] = [open(prefix), open(prefix, `redis://127.0.0.1:${swallowing.port}`)]
  const heard: number[] = []
  subscribe(there, room, ({ to }) => heard.push(to))
  await until('both to be connected', () => here.connected() && there.connected())
  swallowing.on = true
  await until('the deaf one to notice', () => !there.connected())
  const { connections } = swallowing
  await until('new connections', () => swallowing.connections > connections)
  expect(here.connected()).toBe(true)
  swallowing.on = false
  await until('it to be back', () => there.connected())
  here.publish(room, news(2))
  await until('the news', () => heard.includes(2))
  await there.close()
  await swallowing.close()
})

test('BUS10 what is no news, or of a version that is not known, is passed over', async () => {
  const prefix = randomUUID()
  const bus = open(prefix, inject('redisUrl'))
  const heard: number[] = []
  subscribe(bus, room, ({ to }) => heard.push(to))
  await until('the bus to be connected', () => bus.connected())
  const client = new Client(inject('redisUrl'))
  const valid = { v: 1, epoch: 'k3f9', after: 0, to: 1, changes: [] }
  const strange = [
    'not JSON',
    'null',
    JSON.stringify({ ...valid, v: 2 }),
    JSON.stringify({ ...valid, to: -1 }),
    JSON.stringify({ ...valid, changes: [{ rev: 'x' }] }),
    JSON.stringify({ ...valid, to: 5, later: 'unknown fields are no reason to refuse' }),
  ]
  for (const text of strange) await client.publish(`${prefix}:news:{${room}}`, text)
  await until('the one that is valid', () => heard.length > 0)
  expect(heard).toEqual([5])
  await client.quit()
})

/** A way to Redis that, while `on`, lets everything through but messages of subscriptions. */
async function swallowMessages(port: number) {
  const state = { on: false, connections: 0, port: 0, close: () => new Promise((done) => server.close(done)) }
  const server = createServer((client) => {
    state.connections += 1
    const upstream = connect(port, '127.0.0.1')
    client.pipe(upstream)
    upstream.on('data', (data) => {
      if (!state.on || !data.includes('message')) client.write(data)
    })
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  state.port = (server.address() as { port: number }).port
  return state
}
