import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { testDatabase } from '../db/test-database.ts'
import type { Room } from '../rooms/room.ts'
import type { PageRead, PageRequest } from './log.ts'
import { readPage } from './read-page.ts'
import { aPost, testLog, testRoom } from './test-log.ts'

const database = await testDatabase()
const { log } = testLog(database)

async function page(room: Room, request: Partial<PageRequest> = {}): Promise<PageRead> {
  const read = await log.page(room.id, { view: 'reader', limit: 10, ...request })
  if (read === 'item-unknown') throw new Error(read)
  return read
}

/** Posts `count` items whose texts are their seqs, and returns their ids. */
async function fill(room: Room, count: number): Promise<string[]> {
  const posts = Array.from({ length: count }, (_, index) => aPost(String(index + 1)))
  for (let start = 0; start < count; start += 500)
    await Promise.all(posts.slice(start, start + 500).map((post) => log.publish(room, post, 'ada')))
  return posts.map(({ id }) => id)
}

const remove = (room: Room, ids: readonly (string | undefined)[]) =>
  Promise.all(ids.map((id) => log.publish(room, { type: 'remove', id: id as string }, 'mod')))
const texts = (read: PageRead) => read.items.map(({ text }) => text)
const numbers = (from: number, to: number) =>
  Array.from({ length: Math.abs(from - to) + 1 }, (_, index) =>
    String(from > to ? from - index : from + index),
  )

/** Blocks of 8 KB that Postgres looks at for a page. */
async function costs(room: Room, request: Partial<PageRequest>): Promise<number> {
  const plans: string[] = []
  const { sql } = database
  const explaining = (strings: TemplateStringsArray, ...values: never[]) => {
    const query = sql(strings, ...values)
    if (!strings[0]?.includes('SELECT r.epoch')) return query
    return sql<{ 'QUERY PLAN': string }[]>`EXPLAIN (ANALYZE, BUFFERS) ${query}`.then((lines) => {
      plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'))
      return [{}]
    })
  }
  const explained = { ...database, sql: explaining as unknown as typeof sql }
  await readPage(explained, room.id, { view: 'reader', limit: 10, ...request })
  const [, hit = 0, read = 0] = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(plans.join()) ?? []
  expect(Number(hit) + Number(read), plans.join()).toBeGreaterThan(0)
  return Number(hit) + Number(read)
}

test('PAGE1 pages walk down to the first item and back up to the newest, each item once', async () => {
  const room = await testRoom(database)
  await fill(room, 95)
  const down: string[] = []
  let read = await page(room)
  expect(read.newer).toBeNull()
  for (; ; read = await page(room, { before: read.older as number })) {
    down.push(...texts(read))
    if (read.older === null) break
  }
  expect(down).toEqual(numbers(95, 1))
  const up: string[] = texts(read)
  while (read.newer !== null) {
    read = await page(room, { after: read.newer })
    up.unshift(...texts(read))
  }
  expect(up).toEqual(numbers(95, 1))
})

test('PAGE2 whoever walks while items are removed and come meets every item that stands, once', async () => {
  const room = await testRoom(database)
  const ids = await fill(room, 200)
  const met: string[] = []
  const gone = new Set<string>()
  let read = await page(room)
  for (let step = 0; ; step += 1) {
    met.push(...texts(read))
    // Some behind the reader, the edge of the page that was just read, and all of the page that comes next.
    const edge = read.older ?? 1
    const doomed = [
      edge,
      ...(step % 3 === 0 ? Array.from({ length: 12 }, (_, index) => edge - 1 - index) : []),
    ]
    for (const seq of doomed.filter((one) => one > 1)) gone.add(String(seq))
    await remove(
      room,
      doomed.filter((seq) => seq > 1).map((seq) => ids[seq - 1]),
    )
    await log.publish(room, aPost('new'), 'ada')
    if (read.older === null) break
    read = await page(room, { before: read.older })
    expect(read.items).not.toEqual([])
  }
  expect(new Set(met).size).toBe(met.length)
  const missed = numbers(200, 1).filter((text) => !met.includes(text))
  expect(missed.filter((text) => !gone.has(text))).toEqual([])
})

test('PAGE3 however many were removed in a row, the next page is full, and costs what it shows when read again', async () => {
  const room = await testRoom(database)
  const ids = await fill(room, 12_000)
  await database.sql`VACUUM ANALYZE items`
  const everywhere = [{}, { before: 6000 }, { after: 6000 }, { around: ids[6000] as string }]
  for (const view of ['reader', 'staff'] as const)
    for (const request of everywhere)
      expect(await costs(room, { view, ...request }), JSON.stringify(request)).toBeLessThan(60)
  const removed = ids.slice(1000, 11_000)
  for (let start = 0; start < removed.length; start += 500)
    await remove(room, removed.slice(start, start + 500))
  const read = await page(room, { before: 11_001 })
  expect(texts(read)).toEqual(numbers(1000, 991))
  expect(read).toMatchObject({ newer: 1000, older: 991 })
  expect(texts(await page(room, { after: 1000 }))).toEqual(numbers(11_010, 11_001))
  expect(await costs(room, { before: 11_001 })).toBeLessThan(60)
})

test('PAGE4 the ends of a room are known, also where nothing is left there', async () => {
  const room = await testRoom(database)
  expect(await page(room)).toMatchObject({
    items: [],
    older: null,
    newer: null,
    head: { rev: 0 },
    altered: 0,
    pinned: [],
  })
  const ids = await fill(room, 10)
  expect(await page(room)).toMatchObject({ older: null, newer: null })
  expect(await page(room, { before: 1 })).toMatchObject({ items: [], older: null, newer: 0 })
  expect(await page(room, { after: 10 })).toMatchObject({ items: [], older: 11, newer: null })
  await remove(room, ids.slice(0, 5))
  expect(await page(room, { before: 6 })).toMatchObject({ items: [], older: null, newer: 5 })
  expect(texts(await page(room, { after: 5 }))).toEqual(numbers(10, 6))
  await remove(room, ids)
  expect(await page(room)).toMatchObject({
    items: [],
    older: null,
    newer: null,
    head: { rev: 20 },
    altered: 20,
  })
})

test('PAGE5 a page around an item has it in the middle, or all there is on one side', async () => {
  const room = await testRoom(database)
  const ids = await fill(room, 50)
  const middle = await page(room, { around: ids[24] as string })
  expect(texts(middle)).toEqual(numbers(30, 21))
  expect(middle).toMatchObject({ older: 21, newer: 30 })
  expect(texts(await page(room, { before: 21 }))).toEqual(numbers(20, 11))
  expect(texts(await page(room, { after: 30 }))).toEqual(numbers(40, 31))
  const bottom = await page(room, { around: ids[0] as string })
  expect(texts(bottom)).toEqual(numbers(10, 1))
  expect(bottom).toMatchObject({ older: null, newer: 10 })
  const top = await page(room, { around: ids[49] as string })
  expect(texts(top)).toEqual(numbers(50, 41))
  expect(top).toMatchObject({ older: 41, newer: null })
})

test.each([1, 6, 7, 40])(
  'PAGE5 a page of %i around any item of a room is as full as the room is',
  async (limit) => {
    const room = await testRoom(database)
    const ids = await fill(room, 20)
    for (const [index, id] of ids.entries()) {
      const seq = index + 1
      const read = await page(room, { around: id, limit })
      const top = Math.min(20, Math.max(seq + Math.floor(limit / 2), limit))
      const bottom = Math.max(1, top - limit + 1)
      expect(texts(read), `around ${seq}`).toEqual(numbers(top, bottom))
      expect(read).toMatchObject({ newer: top === 20 ? null : top, older: bottom === 1 ? null : bottom })
    }
  },
)

test('PAGE5 a page around an item that was removed opens where it stood; of one never public nothing is known', async () => {
  const room = await testRoom(database)
  const ids = await fill(room, 20)
  await remove(room, [ids[9]])
  expect(texts(await page(room, { around: ids[9] as string, limit: 4 }))).toEqual(['12', '11', '9', '8'])
  const held = aPost('waits', { held: true })
  await log.publish(room, held, 'eve')
  for (const around of [held.id, randomUUID()])
    expect(await log.page(room.id, { view: 'reader', limit: 4, around })).toBe('item-unknown')
  expect(texts(await page(room, { around: held.id, limit: 4, view: 'staff' }))).toContain('waits')
})

test('PAGE6 staff meet what is held and removed in its place, and what waits before the newest', async () => {
  const room = await testRoom(database)
  const ids = await fill(room, 6)
  const waiting = [aPost('first to wait', { held: true }), aPost('second to wait', { held: true })]
  for (const post of waiting) await log.publish(room, post, 'eve')
  await remove(room, [ids[5]])
  await log.publish(room, { type: 'hold', id: ids[3] as string }, 'mod')
  expect(texts(await page(room))).toEqual(['5', '3', '2', '1'])
  const staff = await page(room, { view: 'staff', limit: 4 })
  expect(staff.items.map(({ text, state }) => [text, state])).toEqual([
    ['second to wait', 'held'],
    ['first to wait', 'held'],
    ['6', 'removed'],
    ['5', 'live'],
    ['4', 'held'],
    ['3', 'live'],
  ])
  expect(texts(await page(room, { view: 'staff', before: staff.older as number }))).toEqual(['2', '1'])
})

test('PAGE7 the newest page names the pinned items, the newest pin first', async () => {
  const room = await testRoom(database)
  const ids = await fill(room, 30)
  for (const seq of [3, 1, 2]) await log.publish(room, { type: 'pin', id: ids[seq - 1] as string }, 'mod')
  await remove(room, [ids[1]])
  const read = await page(room)
  expect(read.pinned.map(({ text }) => text)).toEqual(['1', '3'])
  expect((await page(room, { before: read.older as number })).pinned).toEqual([])
})

test('PAGE8 posts do not alter the pages that were read before them; every other change does', async () => {
  const room = await testRoom(database)
  const [id] = await fill(room, 3)
  expect((await page(room)).altered).toBe(0)
  await log.publish(room, { type: 'pin', id: id as string }, 'mod')
  expect((await page(room)).altered).toBe(4)
  await fill(room, 2)
  expect(await page(room)).toMatchObject({ altered: 4, head: { rev: 6 } })
  expect(await log.counts(room.id)).toMatchObject({ altered: 4, items: 5, head: { rev: 6 } })
})
