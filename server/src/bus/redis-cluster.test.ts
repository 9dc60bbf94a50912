import { randomUUID } from 'node:crypto'
import { Redis as Client } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RedisCluster, startRedisCluster } from '../../../e2e/parts/redis-cluster.ts'
import { until } from '../../../e2e/parts/until.ts'
import type { RoomId } from '../rooms/room.ts'
import type { RoomNews } from './bus.ts'
import { RedisBus } from './redis-bus.ts'
import { RoomNames } from './room-names.ts'

const news = (to: number): RoomNews => ({ epoch: 'k3f9', after: to - 1, to, changes: [] })
const rooms = Array.from({ length: 300 }, (_, index) => (index + 1) as RoomId)

let cluster: RedisCluster
// One for each test: after a master died, others are where it was.
beforeEach(async () => {
  cluster = await startRedisCluster()
})

const opened: RedisBus[] = []
afterEach(async () => {
  for (const bus of opened.splice(0)) await bus.close()
  await cluster?.stop()
})

async function pair(prefix: string): Promise<[RedisBus, RedisBus]> {
  const buses = [0, 1].map(() => new RedisBus({ url: cluster.url, prefix, logger: { warn: () => {} } }))
  opened.push(...buses)
  await until('both to be connected', () => buses.every((bus) => bus.connected()))
  return buses as [RedisBus, RedisBus]
}

/** Channels of news that somebody listens to, by node. */
async function subscriptions(prefix: string): Promise<string[][]> {
  const lists = cluster.nodes.slice(0, 3).map(async ({ port }) => {
    const client = new Client(port, '127.0.0.1')
    const found = (await client.call('PUBSUB', 'SHARDCHANNELS', `${prefix}:news:*`)) as string[]
    client.disconnect()
    return found
  })
  return Promise.all(lists)
}

test('BUS11 on a Cluster every room is listened to on one shard, and only while it is served', async () => {
  const prefix = randomUUID()
  const [, there] = await pair(prefix)
  const served = rooms.map((room) => there.subscribe(room, () => {}))
  await Promise.all(served.map(({ ready }) => ready))
  const listened = await subscriptions(prefix)
  expect(listened.every((list) => list.length > 50)).toBe(true)
  const names = new RoomNames(prefix)
  expect(listened.flat().sort()).toEqual(rooms.map((room) => names.channel(room)).sort())
  for (const one of served.slice(1)) one.end()
  await until('the others to be left', async () => (await subscriptions(prefix)).flat().length === 1)
})

test('BUS12 a master of a Cluster that dies is noticed, and its rooms are heard again from who follows it', async () => {
  const prefix = randomUUID()
  const [here, there] = await pair(prefix)
  const heard = new Map<RoomId, number>()
  const served = rooms.map((room) => there.subscribe(room, ({ to }) => heard.set(room, to)))
  await Promise.all(served.map(({ ready }) => ready))
  const names = new RoomNames(prefix)
  const victim = await cluster.masterOf(names.channel(rooms[0] as RoomId))
  const began = performance.now()
  await cluster.nodes[victim]?.kill()
  await until('the one who listens to notice', () => !there.connected())
  const noticed = performance.now() - began
  await until('both to be back', () => here.connected() && there.connected())
  const back = performance.now() - began
  let to = 1
  await until('every room to be heard again', async () => {
    to += 1
    for (const room of rooms) here.publish(room, news(to))
    await until('what is on its way', () => rooms.every((room) => (heard.get(room) ?? 0) >= to), 2)
    return true
  })
  console.log(`failover: noticed after ${Math.round(noticed)} ms, heard again after ${Math.round(back)} ms`)
  expect(await cluster.masterOf(names.channel(rooms[0] as RoomId))).not.toBe(victim)
})
