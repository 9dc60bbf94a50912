import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import { type RedisCluster, startRedisCluster } from '../../../e2e/parts/redis-cluster.ts'
import { until } from '../../../e2e/parts/until.ts'
import type { RoomId } from '../rooms/room.ts'
import type { Bus, RoomNews } from './bus.ts'
import { MemoryBus } from './memory-bus.ts'
import { RedisBus } from './redis-bus.ts'
import { workerBuses } from './test-worker-buses.ts'

const room = 7 as RoomId
const otherRoom = 8 as RoomId

function news(to: number): RoomNews {
  const same = `{"rev":${to},"type":"posted","item":{"text":"Ünïcode \\u2028 \\"quoted\\" 🚀"}}`
  return {
    epoch: 'k3f9',
    after: to - 2,
    to,
    changes: [
      { rev: to - 1, item: randomUUID(), readers: null, staff: '{"held":true}' },
      { rev: to, item: null, readers: same, staff: same },
    ],
  }
}

const opened: Bus[] = []
const ended: (() => void)[] = []
afterEach(async () => {
  for (const bus of opened.splice(0)) await bus.close()
  for (const end of ended.splice(0)) end()
})

let cluster: RedisCluster
beforeAll(async () => {
  cluster = await startRedisCluster()
})
afterAll(() => cluster?.stop())

function redisBus(prefix: string, url = inject('redisUrl')): RedisBus {
  const bus = new RedisBus({ url, prefix, logger: { warn: () => {} } })
  opened.push(bus)
  return bus
}

async function redisPair(url?: string): Promise<[Bus, Bus]> {
  const prefix = randomUUID()
  const pair: [Bus, Bus] = [redisBus(prefix, url), redisBus(prefix, url)]
  for (const bus of pair) await until('the bus to be connected', () => bus.connected())
  return pair
}

/** What each implementation must do; `pair` makes two ends that may be two processes. */
const implementations: Record<string, () => Promise<[Bus, Bus]>> = {
  memory: async () => {
    const bus = new MemoryBus()
    return [bus, bus]
  },
  workers: async () => {
    const { buses, stop } = await workerBuses(2)
    ended.push(stop)
    return [buses[0] as Bus, buses[1] as Bus]
  },
  redis: () => redisPair(),
  'redis cluster': () => redisPair(cluster.url),
}

describe.each(Object.keys(implementations))('the %s bus', (name) => {
  const make = implementations[name] as () => Promise<[Bus, Bus]>

  test('BUS1 what is published is heard by every listener of the room, byte for byte', async () => {
    const [here, there] = await make()
    const heard: RoomNews[][] = [[], []]
    await here.subscribe(room, (one) => heard[0]?.push(one)).ready
    await there.subscribe(room, (one) => heard[1]?.push(one)).ready
    const sent = [news(2), news(4), news(6)]
    for (const one of sent) here.publish(room, one)
    await until('both to have heard three', () => heard.every((list) => list.length === 3))
    expect(heard).toEqual([sent, sent])
  })

  test('BUS2 listeners of the publishing process have heard when publish returns', async () => {
    const [here] = await make()
    const heard: number[] = []
    here.subscribe(room, ({ to }) => heard.push(to)).ready.catch(() => {})
    here.publish(room, news(2))
    expect(heard).toEqual([2])
  })

  test('BUS3 nothing of another room is heard', async () => {
    const [here, there] = await make()
    const heard: number[] = []
    await there.subscribe(room, ({ to }) => heard.push(to)).ready
    here.publish(otherRoom, news(2))
    here.publish(room, news(4))
    await until('the news of the room', () => heard.length > 0)
    expect(heard).toEqual([4])
  })

  test('BUS4 nothing is heard after the end of a subscription, and others go on', async () => {
    const [here, there] = await make()
    const heard: string[] = []
    const listen = (name: string) => there.subscribe(room, ({ to }) => heard.push(`${name} ${to}`))
    const [first, second] = [listen('first'), listen('second')]
    await Promise.all([first.ready, second.ready])
    first.end()
    first.end()
    here.publish(room, news(2))
    await until('the second to hear', () => heard.length > 0)
    second.end()
    here.publish(room, news(4))
    await listen('again').ready
    here.publish(room, news(6))
    await until('the subscription made anew to hear', () => heard.includes('again 6'))
    // What was on its way when it began, it may hear or not.
    expect(heard.filter((one) => one !== 'again 4')).toEqual(['second 2', 'again 6'])
  })

  test('BUS13 whoever hears of a post knows how long ago it was asked for', async () => {
    const [here, there] = await make()
    const heard: RoomNews[] = []
    await there.subscribe(room, (one) => heard.push(one)).ready
    const since = performance.now() - 5000
    here.publish(room, { ...news(2), since })
    here.publish(room, { ...news(4), since: performance.now() + 60_000 })
    await until('both', () => heard.length === 2)
    expect(heard[0]?.since).toBeCloseTo(since, -2)
    if (name !== 'memory') expect(heard[1]?.since).toBeLessThanOrEqual(performance.now())
  })
})

test('BUS5 deployments that share a Redis do not hear each other', async () => {
  const prefix = randomUUID()
  const [here, there, beside] = [redisBus(randomUUID()), redisBus(prefix), redisBus(prefix)]
  const heard: number[] = []
  for (const bus of [here, there, beside]) await until('the bus to be connected', () => bus.connected())
  await there.subscribe(room, ({ to }) => heard.push(to)).ready
  here.publish(room, news(2))
  await here.flushed()
  // By way of Redis as well, and behind the other.
  beside.publish(room, news(4))
  await until('news of its own deployment', () => heard.includes(4))
  expect(heard).toEqual([4])
})
