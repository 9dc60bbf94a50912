import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, expect, test } from 'vitest'
import { buildApp } from '../app.ts'
import { MemoryBus } from '../bus/memory-bus.ts'
import { accepted } from '../log/accepted.ts'
import type { Room } from '../rooms/room.ts'
import { testApp } from '../test-app.ts'
import { PageBytes } from './page-bytes.ts'
import { PageCache, type ReadPage } from './page-cache.ts'

const { app, log, database, config, ...make } = await testApp()
/** Another node, which hears nothing of what this one does. */
const other = await buildApp({
  config,
  database,
  bus: new MemoryBus(),
  logger: pino({ level: 'silent' }),
})
afterAll(() => other.app.close())
const site = await make.site()
const moderator = await make.key(site, 'moderate')

async function add(room: Room, text: string): Promise<string> {
  const id = randomUUID()
  const words = { author: { name: 'Ada' }, body: [text], text, hash: id }
  accepted(await log.publish(room, { type: 'post', id, kind: 'post', ...words }, 'test'))
  return id
}

async function roomOf(count: number): Promise<{ room: Room; ids: string[] }> {
  const room = await make.room(site)
  const ids: string[] = []
  for (let index = 1; index <= count; index += 1) ids.push(await add(room, `Item ${index}`))
  return { room, ids }
}

const get = (from: FastifyInstance, room: Room, path: string, headers: Record<string, string> = {}) =>
  from.inject({ url: `/v1/rooms/${room.address}${path}`, headers })
const remove = (room: Room, id: string) =>
  app.inject({
    method: 'DELETE',
    url: `/v1/rooms/${room.address}/items/${id}`,
    headers: { authorization: moderator },
  })

const epoch = 'epoch'
const now = (rev: number, altered = 0) => ({ head: { epoch, rev }, altered, items: 0 })
const page = (rev: number, settled: boolean, text = `a page at ${rev}`): ReadPage => ({
  state: { head: { epoch, rev }, settled },
  altered: 0,
  text,
})
const never = () => Promise.reject(new Error('it was read again'))

test('HIST10 pages of the past stand until something but a post happens, the newest until anything does', async () => {
  const pages = new PageCache(1_000_000)
  const past = await pages.get('past', now(5), 'br', async () => page(5, true))
  expect(past).toMatchObject({ encoding: 'identity', altered: 0, bytes: Buffer.from('a page at 5') })
  expect(await pages.get('past', now(9), 'br', never)).toEqual(past)
  expect(await pages.get('past', now(9, 5), 'br', never)).toEqual(past)
  await expect(pages.get('past', now(9, 6), 'br', never)).rejects.toThrow()
  const newest = await pages.get('newest', now(5), 'br', async () => page(5, false))
  expect(await pages.get('newest', now(5), 'br', never)).toEqual(newest)
  await expect(pages.get('newest', now(6), 'br', never)).rejects.toThrow()
  // A room that went back, and one that began another life.
  await expect(pages.get('past', now(4), 'br', never)).rejects.toThrow()
  const elsewhere = { ...now(9), head: { epoch: 'another', rev: 9 } }
  await expect(pages.get('past', elsewhere, 'br', never)).rejects.toThrow()
})

test('HIST10 one reading serves all who asked before it began, and none who know of something newer', async () => {
  const pages = new PageCache(1_000_000)
  const readings: PromiseWithResolvers<ReadPage>[] = []
  const load = () => {
    const reading = Promise.withResolvers<ReadPage>()
    readings.push(reading)
    return reading.promise
  }
  const ask = (rev: number) => pages.get('page', now(rev, rev), 'br', load)
  const [first, later] = [
    [ask(5), ask(5)],
    [ask(7), ask(7)],
  ]
  expect(readings).toHaveLength(1)
  readings[0]?.resolve(page(5, true))
  for (const { bytes } of await Promise.all(first)) expect(bytes.toString()).toBe('a page at 5')
  await expect.poll(() => readings.length).toBe(2)
  readings[1]?.resolve(page(7, true))
  for (const { bytes } of await Promise.all(later)) expect(bytes.toString()).toBe('a page at 7')
  expect(pages.counts.read).toBe(2)
})

test('HIST10 whoever has not looked where the room is gets no page that was here before', async () => {
  const pages = new PageCache(1_000_000)
  expect(pages.has('page')).toBe(false)
  const old = pages.get('page', undefined, 'br', async () => page(5, true))
  expect(pages.has('page')).toBe(true)
  await old
  expect(pages.has('page')).toBe(true)
  const fresh = await pages.get('page', undefined, 'br', async () => page(7, true))
  expect(fresh.bytes.toString()).toBe('a page at 7')
  expect(await pages.get('page', now(8), 'br', never)).toEqual(fresh)
})

test('HIST10 a reading that failed is not remembered', async () => {
  const pages = new PageCache(1_000_000)
  await expect(pages.get('page', now(1), 'br', never)).rejects.toThrow()
  expect(await pages.get('page', now(1), 'br', async () => page(1, true))).toBeDefined()
})

const WORDS = Array.from({ length: 3000 }, () => randomUUID()).join()
const part = (from: number, length = 15_000) => WORDS.slice(from * 100, from * 100 + length)

test('HIST11 kept pages take no more memory than was set, and the one not asked for longest goes', async () => {
  const pages = new PageCache(100_000)
  for (let n = 0; n < 20; n += 1) {
    await pages.get(String(n), now(1), 'br', async () => page(1, true, part(n)))
    await pages.get(String(n), now(1), 'gzip', never)
    expect(pages.bytes).toBeLessThanOrEqual(100_000)
    await pages.get('0', now(1), 'br', never)
  }
  await expect(pages.get('1', now(1), 'br', never)).rejects.toThrow()
  expect(pages.bytes).toBeGreaterThan(50_000)
})

test('HIST11 a page that is too large to be kept is told all the same', async () => {
  const pages = new PageCache(5000)
  for (const size of [20_000, 3000])
    for (const encoding of ['identity', 'br'] as const) {
      const one = await pages.get(`${size}`, now(1), encoding, async () => page(1, true, part(0, size)))
      expect(one.bytes.length).toBeGreaterThan(1000)
    }
  expect(pages.counts).toEqual({ kept: 1, read: 3 })
})

test('HIST12 a page is compressed as the asker takes it, Brotli before gzip, and caches are told that it varies', async () => {
  const { room } = await roomOf(40)
  const plain = await get(app, room, '/items')
  expect(plain.headers['content-encoding']).toBeUndefined()
  const inflate = { br: promisify(brotliDecompress), gzip: promisify(gunzip) }
  for (const [takes, encoding] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
  ] as const)
    for (const again of [1, 2]) {
      const answer = await get(app, room, '/items', { 'accept-encoding': takes })
      expect([again, takes, answer.headers['content-encoding']]).toEqual([again, takes, encoding])
      expect(answer.headers.vary).toBe('Authorization, Accept-Encoding')
      expect(answer.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2)
      expect((await inflate[encoding](answer.rawPayload)).toString()).toBe(plain.body)
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8')
    }
  for (const takes of ['identity', '', 'br;q=0', 'deflate']) {
    const answer = await get(app, room, '/items', { 'accept-encoding': takes })
    expect([takes, answer.headers['content-encoding'], answer.body]).toEqual([takes, undefined, plain.body])
  }
  const few = await get(app, (await roomOf(1)).room, '/items', { 'accept-encoding': 'br' })
  expect([few.headers['content-encoding'], few.json().items.length]).toEqual([undefined, 1])
})

test('HIST12 a page of hundreds of kilobytes comes back as it was from each encoding', async () => {
  const text = Array.from({ length: 8000 }, () => randomUUID()).join()
  const page = new PageBytes(text)
  const inflate = { br: promisify(brotliDecompress), gzip: promisify(gunzip) }
  for (const encoding of ['br', 'gzip'] as const) {
    const made = await page.as(encoding)
    expect(made.encoding).toBe(encoding)
    expect((await inflate[encoding](made.bytes)).toString()).toBe(text)
    expect((await page.as(encoding)).bytes).toBe(made.bytes)
  }
  expect((await page.as('identity')).bytes.toString()).toBe(text)
})

test('HIST12 a page is compressed for the first who asks and kept compressed alone for all others', async () => {
  const pages = new PageCache(1_000_000)
  const text = Array.from({ length: 500 }, (_, n) => `what ${n % 7} people say`).join()
  const ask = (encoding: 'br' | 'gzip' | 'identity') =>
    pages.get('page', now(5), encoding, async () => page(5, true, text))
  const [plain, first] = [await ask('identity'), await ask('br')]
  expect(await ask('br')).toEqual(first)
  expect(pages.counts).toEqual({ read: 1, kept: 2 })
  expect(pages.bytes).toBeLessThan(first.bytes.length + 2000)
  expect(first.bytes.length + 2000).toBeLessThan(text.length)
  expect(await ask('identity')).toEqual(plain)
  expect((await promisify(gunzip)((await ask('gzip')).bytes)).toString()).toBe(text)
  expect(plain.bytes.toString()).toBe(text)
})

test('HIST6 a page that one node keeps is not told again once another node has removed an item of it', async () => {
  const { room, ids } = await roomOf(30)
  const { older } = (await get(other.app, room, '/items?limit=10')).json()
  const path = `/items?limit=10&before=${older}`
  const id = ids[15] as string
  const first = await get(other.app, room, path)
  const again = await get(other.app, room, path, { 'if-none-match': String(first.headers.etag) })
  expect([first.body.includes(id), again.statusCode]).toEqual([true, 304])
  expect((await remove(room, id)).statusCode).toBe(200)
  for (const tag of ['', String(first.headers.etag)]) {
    const answer = await get(other.app, room, path, { 'if-none-match': tag })
    expect([answer.statusCode, answer.body.includes(id)]).toEqual([200, false])
  }
})

/** The room's row is looked at once for each request, by the page that is read or beside one that was kept. */
test('HIST10 a page that nobody has is read without a look at its room, one that is kept or told of after one', async () => {
  const { room } = await roomOf(30)
  const seen = { looks: 0, pages: 0 }
  const node = await buildApp({
    config,
    database: { ...database, sql: counting(seen) },
    bus: new MemoryBus(),
    logger: pino({ level: 'silent' }),
  })
  const { older } = (await get(app, room, '/items?limit=10')).json()
  const path = `/items?limit=10&before=${older}`
  const tag = String((await get(node.app, room, path)).headers.etag)
  expect(seen).toEqual({ looks: 0, pages: 1 })
  expect((await get(node.app, room, path)).statusCode).toBe(200)
  expect(seen).toEqual({ looks: 1, pages: 1 })
  expect((await get(node.app, room, path, { 'if-none-match': tag })).statusCode).toBe(304)
  expect(seen).toEqual({ looks: 2, pages: 1 })
  await node.app.close()
})

/** The same connections, counting the looks at rooms and the pages that go through them. */
function counting(seen: { looks: number; pages: number }): typeof database.sql {
  return new Proxy(database.sql, {
    apply: (target, self, args) => {
      const text = (args[0] as TemplateStringsArray).join('?')
      if (/^\s*SELECT id, epoch, rev, altered/.test(text)) seen.looks += 1
      if (/^\s*SELECT r\.epoch/.test(text)) seen.pages += 1
      return Reflect.apply(target as never, self, args)
    },
  })
}

/** Reads pages over and over on both nodes, and removes items meanwhile. */
test('HIST6 no page on any node that was asked for after a removal was acknowledged has the item', async () => {
  const { room, ids } = await roomOf(60)
  const { older } = (await get(app, room, '/items?limit=20')).json()
  const paths = ['/items', '/items?limit=20', `/items?limit=20&before=${older}`, `/items?around=${ids[30]}`]
  const gone = new Set<string>()
  const wrong: string[] = []
  let isOver = false
  let answers = 0
  const readOn = async (from: FastifyInstance, path: string) => {
    let tag = ''
    while (!isOver) {
      const [before, asked] = [[...gone], tag]
      const answer = await get(from, room, path, { 'if-none-match': asked, 'accept-encoding': 'identity' })
      answers += 1
      const shown = answer.statusCode === 304 ? '' : answer.body
      wrong.push(...before.filter((id) => shown.includes(id)))
      // What a cache holds under this tag was told before; 304 says that it still stands.
      if (answer.statusCode === 304 && before.some((id) => held.get(asked)?.includes(id))) wrong.push(asked)
      tag = String(answer.headers.etag)
      if (answer.statusCode === 200) held.set(tag, shown)
    }
  }
  const held = new Map<string, string>()
  const readers = [app, other.app].flatMap((node) => paths.map((path) => readOn(node, path)))
  for (const [index, id] of ids.entries()) {
    expect((await remove(room, id)).statusCode).toBe(200)
    gone.add(id)
    if (index % 3 === 0) await add(room, 'Meanwhile')
  }
  isOver = true
  await Promise.all(readers)
  expect(wrong).toEqual([])
  expect(answers).toBeGreaterThan(100)
})

test('HIST4 a page of the past is told in 304 also after posts, by any node, and no longer after an edit', async () => {
  const { room, ids } = await roomOf(30)
  const { older } = (await get(app, room, '/items?limit=10')).json()
  const path = `/items?limit=10&before=${older}`
  const first = await get(app, room, path)
  const headers = { 'if-none-match': String(first.headers.etag) }
  await add(room, 'Another')
  for (const node of [app, other.app]) {
    const answer = await get(node, room, path, headers)
    expect([answer.statusCode, answer.headers.etag]).toEqual([304, first.headers.etag])
  }
  const edit = { type: 'edit', id: ids[0] as string, body: ['Edited'], text: 'Edited' } as const
  accepted(await log.publish(room, edit, 'test'))
  for (const node of [app, other.app]) expect((await get(node, room, path, headers)).statusCode).toBe(200)
})
