import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import { Reader } from '../../../e2e/parts/reader.ts'
import { until } from '../../../e2e/parts/until.ts'
import type { Bus } from '../bus/bus.ts'
import { LossyBus } from '../bus/lossy-bus.ts'
import { MemoryBus } from '../bus/memory-bus.ts'
import { RedisBus } from '../bus/redis-bus.ts'
import { seededRandom } from '../bus/seeded-random.ts'
import { testApp } from '../test-app.ts'
import type { Transport } from './test-follower.ts'
import { listen, newPlace, type Place } from './test-place.ts'

const logger = { warn() {} }
const BUSES: Record<string, () => Bus> = {
  memory: () => new MemoryBus(),
  Redis: () => new RedisBus({ url: inject('redisUrl'), prefix: `readers-${randomUUID()}`, logger }),
  lossy: () => new LossyBus(new MemoryBus(), { drop: 0.3, repeat: 0.2, delayMs: 80 }),
}
const TRANSPORTS: readonly Transport[] = ['socket', 'stream', 'poll']

describe.each(Object.keys(BUSES))('with the %s bus', async (name) => {
  const bus = (BUSES[name] as () => Bus)()
  const test = await testApp({}, { bus })
  const url = await listen(test)
  afterAll(() => bus.close())

  /** Posts, and takes back, edits and pins some of it. */
  async function write(place: Place, seed: number): Promise<void> {
    const random = seededRandom(seed)
    for (let i = 0; i < 60; i += 1) {
      const { item } = await place.post(`${seed}.${i}`)
      if (random() < 0.2) await place.moderate(item.id, 'remove')
      else if (random() < 0.1) await place.moderate(item.id, 'pin')
    }
  }

  function follow(place: Place, transport: Transport): Reader {
    const reader = new Reader({ url: () => url, room: place.address, transport })
    onTestFinished(() => reader.stop())
    return reader
  }

  it('WIRE17 ends with the room as it is, for readers who were there and who come and go', async () => {
    const place = await newPlace(test)
    const there = TRANSPORTS.map((transport) => follow(place, transport))
    const writing = Promise.all([1, 2, 3].map((seed) => write(place, seed)))
    const late: Reader[] = []
    for (const transport of TRANSPORTS) {
      const brief = follow(place, transport)
      await until('something to be read', () => brief.known.rev > 0)
      await brief.stop()
      late.push(follow(place, transport))
    }
    await writing
    const last = await place.post('the last')
    for (const reader of [...there, ...late]) {
      await until(`${reader.name} to have read all`, () => reader.known.position === last.position)
    }
    const fresh = follow(place, 'poll')
    await until('a fresh reader', () => fresh.known.position === last.position)
    const room = fresh.known.items()
    expect(room.length).toBeGreaterThan(100)
    for (const reader of [...there, ...late]) {
      expect(reader.known.items()).toEqual(room)
      expect(reader.known.told).toEqual(reader.known.told.toSorted((a, b) => a - b))
    }
  })
})
