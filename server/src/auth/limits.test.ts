import type { InjectOptions } from 'fastify'
import { pino } from 'pino'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startRedis } from '../../../e2e/parts/redis.ts'
import { redisProgram } from '../../../e2e/parts/redis-program.ts'
import { buildApp } from '../app.ts'
import { MemoryBus } from '../bus/memory-bus.ts'
import type { Room } from '../rooms/room.ts'
import { guest, testApp } from '../test-app.ts'

const LIMITS = {
  LIMIT_POSTS_PERSON: '3',
  LIMIT_POSTS_ADDRESS: '5',
  LIMIT_POSTS_KEY: '8',
  LIMIT_READS_PERSON: '10',
  LIMIT_READS_ADDRESS: '20',
  LIMIT_READS_KEY: '50',
  LIMIT_JOINS_ADDRESS: '4',
  TRUST_PROXY: '10.0.0.1',
}
const alone = await testApp(LIMITS)
const redisUrl = inject('redisUrl')
const node = await testApp({ ...LIMITS, REDIS_URL: redisUrl })
const stranger = await testApp({ ...LIMITS, REDIS_URL: redisUrl })
const withoutRedis = await testApp({ ...LIMITS, REDIS_URL: 'redis://127.0.0.1:1' })

const site = await alone.site()
const room = await alone.room(site, { posting: 'guests' })
let machines = 0
/** An address that nobody has asked from. */
const machine = () => {
  machines += 1
  return `192.0.2.${machines}`
}

function asker({ app }: Pick<typeof alone, 'app'>, to: Room) {
  const ask = (remoteAddress: string, authorization: string | undefined, options: InjectOptions) =>
    app.inject({ remoteAddress, headers: { ...(authorization && { authorization }) }, ...options })
  const url = `/v1/rooms/${to.address}/items`
  const payload = { text: 'Hello', author: { name: 'Ada' } }
  return {
    ask,
    post: (from: string, who: string) => ask(from, who, { method: 'POST', url, payload }),
    read: (from: string, who?: string, query = '') => ask(from, who, { url: `${url}${query}` }),
  }
}
const { ask, post, read } = asker(alone, room)

async function countGood(times: number, request: () => Promise<{ statusCode: number }>): Promise<number> {
  const answers = []
  for (let index = 0; index < times; index += 1) answers.push(await request())
  return answers.filter(({ statusCode }) => statusCode < 300).length
}

test('LIMIT1 bounds what one person posts, from wherever, and says when to come back', async () => {
  const someone = guest()
  const { items: before } = await alone.log.counts(room.id)
  expect(await countGood(5, () => post(machine(), someone))).toBe(3)
  const refused = await post(machine(), someone)
  expect(refused.statusCode).toBe(429)
  expect(refused.json()).toMatchObject({ code: 'too-many-requests' })
  const seconds = Number(refused.headers['retry-after'])
  expect(seconds).toBeGreaterThanOrEqual(1)
  expect(seconds).toBeLessThanOrEqual(60)
  expect((await post(machine(), guest())).statusCode).toBe(201)
  expect((await alone.log.counts(room.id)).items).toBe(before + 4)
})

test('LIMIT7 a post of another shape counts as one', async () => {
  const someone = guest()
  const url = `/v1/rooms/${room.address}/items`
  for (const text of ['', 7, null]) {
    const answer = await ask(machine(), someone, { method: 'POST', url, payload: { text } })
    expect(answer.json()).toMatchObject({ status: 400, code: 'bad-request', pointer: '/text' })
  }
  expect((await post(machine(), someone)).statusCode).toBe(429)
  const nowhere = await ask(machine(), someone, {
    method: 'POST',
    url: '/v1/rooms/A%00/b/items',
    payload: {},
  })
  expect(nowhere.json()).toMatchObject({ code: 'room-unknown' })
})

test('LIMIT2 bounds what one address posts, whoever is behind it', async () => {
  const from = machine()
  expect(await countGood(8, () => post(from, guest()))).toBe(5)
  expect((await post(machine(), guest())).statusCode).toBe(201)
})

test('LIMIT2 takes a network of IPv6 for one address', async () => {
  const hosts = ['1', '2', 'a:b', 'ffff:2:3', '5', '6', '7', '8'].values()
  expect(await countGood(8, () => post(`2001:db8:1:1::${hosts.next().value}`, guest()))).toBe(5)
  expect((await post('2001:db8:1:2::1', guest())).statusCode).toBe(201)
  const mapped = machine()
  expect(await countGood(5, () => post(mapped, guest()))).toBe(5)
  expect((await post(`::ffff:${mapped}`, guest())).statusCode).toBe(429)
})

test('LIMIT2 believes the proxies that are named and nobody else about addresses', async () => {
  const via = (remoteAddress: string, forwarded: string) =>
    alone.app.inject({
      method: 'POST',
      url: `/v1/rooms/${room.address}/items`,
      remoteAddress,
      headers: { authorization: guest(), 'x-forwarded-for': forwarded },
      payload: { text: 'Hello', author: { name: 'Ada' } },
    })
  const reader = machine()
  expect(await countGood(8, () => via('10.0.0.1', `${machine()}, ${reader}`))).toBe(5)
  const liar = machine()
  expect(await countGood(8, () => via(liar, machine()))).toBe(5)
})

test('LIMIT3 gives a key a bound of its own, wherever it is used', async () => {
  const key = await alone.key(site, 'write')
  expect(await countGood(12, () => post(machine(), key))).toBe(8)
  const other = await alone.key(site, 'write')
  const from = machine()
  expect(await countGood(8, () => post(from, other))).toBe(8)
})

test('LIMIT3 gives staff a bound of their own, which no crowd at their address uses up', async () => {
  const from = machine()
  expect(await countGood(8, () => post(from, guest()))).toBe(5)
  const moderator = await alone.user(site, { role: 'moderator' })
  expect(await countGood(35, () => post(from, moderator))).toBe(30)
  expect(await countGood(2, async () => post(from, await alone.user(site)))).toBe(0)
})

test('LIMIT4 counts pages by their length, so that reading a whole history over and over is dear', async () => {
  const short = machine()
  expect(await countGood(25, () => read(short, undefined, '?limit=1'))).toBe(20)
  const usual = machine()
  expect(await countGood(25, () => read(usual))).toBe(20)
  const long = machine()
  expect(await countGood(25, () => read(long, undefined, '?limit=200'))).toBe(5)
  expect(await countGood(12, () => read(machine(), undefined, '?limit=200'))).toBe(12)
  const someone = guest()
  expect(await countGood(12, () => read(machine(), someone))).toBe(10)
})

test('LIMIT4 counts what is refused, and what is not there', async () => {
  const from = machine()
  const nowhere = () => ask(from, `Bearer hk_${'A'.repeat(43)}`, { url: '/v1/rooms/no-such/room' })
  for (let index = 0; index < 20; index += 1) expect((await nowhere()).statusCode).toBe(404)
  expect((await nowhere()).statusCode).toBe(429)
  expect((await read(from)).statusCode).toBe(429)
})

test('LIMIT5 bounds joins', async () => {
  const from = machine()
  const join = () => ask(from, undefined, { url: `/v1/poll?wait=0&room=${encodeURIComponent(room.address)}` })
  for (let index = 0; index < 4; index += 1) expect((await join()).statusCode).toBe(200)
  const refused = await join()
  expect([refused.statusCode, refused.json().code]).toEqual([429, 'too-many-requests'])
})

test('LIMIT6 counts together with the other nodes of the deployment, and apart from other deployments', async () => {
  const { database, config } = node
  const logger = pino({ level: 'silent' })
  const { app: second } = await buildApp({ config, database, bus: new MemoryBus(), logger })
  onTestFinished(() => second.close())
  const its = await node.room(await node.site(), { posting: 'guests' })
  const nodes = [asker(node, its), asker({ app: second }, its)]
  const from = machine()
  let turn = 0
  const posted = await countGood(8, () => {
    turn += 1
    return (nodes[turn % 2] as (typeof nodes)[0]).post(from, guest())
  })
  expect(posted).toBe(5)
  const theirs = await stranger.room(await stranger.site(), { posting: 'guests' })
  expect((await asker(stranger, theirs).post(from, guest())).statusCode).toBe(201)
})

test('LIMIT8 counts alone where Redis takes nothing, as one that is full does', async () => {
  const full = await startRedis(await redisProgram(), ['--maxmemory', '1'])
  onTestFinished(() => full.stop())
  const besideIt = await testApp({ ...LIMITS, REDIS_URL: full.url })
  const its = await besideIt.room(await besideIt.site(), { posting: 'guests' })
  const from = machine()
  expect(await countGood(8, () => asker(besideIt, its).post(from, guest()))).toBe(5)
})

test('LIMIT8 counts alone where Redis cannot be reached', async () => {
  const its = await withoutRedis.room(await withoutRedis.site(), { posting: 'guests' })
  const from = machine()
  expect(await countGood(8, () => asker(withoutRedis, its).post(from, guest()))).toBe(5)
})
