import { randomUUID } from 'node:crypto'
import { Redis as Client } from 'ioredis'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import type { RoomId } from '../rooms/room.ts'
import type { EncodedChange, RoomNews } from './bus.ts'
import { RedisBus } from './redis-bus.ts'
import { RoomNames } from './room-names.ts'
import { WINDOW_BYTES, WINDOW_CHANGES } from './window-scripts.ts'

const room = 7 as RoomId
const epoch = 'k3f9'
const [ada, ben, eve] = [randomUUID(), randomUUID(), randomUUID()]

let prefix: string
let bus: RedisBus
beforeEach(async () => {
  prefix = randomUUID()
  bus = new RedisBus({ url: inject('redisUrl'), prefix, logger: { warn: () => {} } })
  await until('the bus to be connected', () => bus.connected())
})
afterEach(() => bus.close())

const change = (rev: number, item: string | null, text: string): EncodedChange => ({
  rev,
  item,
  readers: `{"text":"${text}"}`,
  staff: `{"staff":"${text}"}`,
})

function news(after: number, ...changes: EncodedChange[]): RoomNews {
  return { epoch, after, to: after + changes.length, changes }
}

async function tell(...all: RoomNews[]): Promise<void> {
  for (const one of all) bus.publish(room, one)
  await bus.flushed()
}

const kept = () => bus.windows.read(room)

test('RECENT1 what is told is kept in the order of revs, each item once and as it was last told', async () => {
  const [one, two] = [change(1, ada, 'one'), change(2, ben, 'two')]
  const facts = { rev: 3, item: null, readers: '{"room":1}', staff: '{"room":1}' }
  const edited = change(4, ada, 'edited')
  await tell(news(0, one, two), news(2, facts), news(3, edited))
  expect(await kept()).toEqual({ epoch, after: 0, to: 4, changes: [two, facts, edited] })
})

test('RECENT2 the text of what was removed is gone before its removal is heard', async () => {
  const client = new Client(inject('redisUrl'))
  const names = new RoomNames(prefix)
  await tell(news(0, change(1, ada, 'secret')))
  const atHearing = new Promise((resolve) => {
    client.on('message', () => resolve(new Client(inject('redisUrl')).hvals(names.window(room)[0])))
  })
  await client.subscribe(names.channel(room))
  await tell(news(1, change(2, ada, 'gone')))
  expect(JSON.stringify(await atHearing)).not.toContain('secret')
  client.disconnect()
})

test('RECENT3 what comes late, twice or out of order puts nothing back', async () => {
  const posted = news(0, change(1, ada, 'secret'))
  const removed = news(1, change(2, ada, 'gone'))
  await tell(removed, posted, posted, removed)
  const { after, to, changes } = (await kept()) as RoomNews
  expect({ after, to }).toEqual({ after: 1, to: 2 })
  expect(JSON.stringify(changes)).not.toContain('secret')
})

test('RECENT4 a window that something is missing from, or of another epoch, is dropped', async () => {
  await tell(news(0, change(1, ada, 'one')), news(2, change(3, ben, 'three')))
  expect(await kept()).toEqual(news(2, change(3, ben, 'three')))
  const other = { ...news(3, change(4, eve, 'four')), epoch: 'z8z8' }
  await tell(other)
  expect(await kept()).toEqual(other)
})

test('RECENT5 it is bounded in changes and in bytes, and says from where on it is whole', async () => {
  const many = Array.from({ length: WINDOW_CHANGES + 50 }, (_, index) => change(index + 1, randomUUID(), 'x'))
  await tell(news(0, ...many))
  expect(await kept()).toEqual({ ...news(0, ...many), after: 50, changes: many.slice(50) })
  const long = 'x'.repeat(WINDOW_BYTES / 8)
  await tell(news(many.length, ...[1, 2, 3, 4, 5].map((n) => change(many.length + n, randomUUID(), long))))
  const { after, to, changes } = (await kept()) as RoomNews
  expect(changes.length).toBeLessThan(5)
  expect({ after, to }).toEqual({ after: (changes[0]?.rev ?? 0) - 1, to: many.length + 5 })
  const client = new Client(inject('redisUrl'))
  for (const key of new RoomNames(prefix).window(room)) expect(await client.ttl(key)).toBeGreaterThan(3000)
  client.disconnect()
})

test('RECENT6 what is read from the log comes before what is kept, and is not believed over it', async () => {
  await tell(news(2, change(3, ada, 'gone')))
  await bus.windows.refill(room, news(0, change(1, ada, 'secret'), change(2, ben, 'two')))
  expect(await kept()).toEqual({
    epoch,
    after: 0,
    to: 3,
    changes: [change(2, ben, 'two'), change(3, ada, 'gone')],
  })
  await bus.windows.refill(room, news(0, change(1, ada, 'secret')))
  expect(JSON.stringify(await kept())).not.toContain('secret')
})

test('RECENT7 what is read from the log takes the place of a window that is behind it', async () => {
  await tell(news(0, change(1, ada, 'secret')))
  const read = { epoch, after: 0, to: 3, changes: [change(2, ada, 'gone'), change(3, ben, 'three')] }
  await bus.windows.refill(room, read)
  expect(await kept()).toEqual(read)
  await bus.windows.refill(room, { ...read, epoch: 'z8z8' })
  expect(await kept()).toBeUndefined()
})
