import { randomUUID } from 'node:crypto'
import { ItemsPage, type LiveItem, RoomSummary } from '@halley/shared'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { accepted } from '../log/accepted.ts'
import { renewEpochs } from '../log/check-epochs.ts'
import type { Room } from '../rooms/room.ts'
import { guest, testApp } from '../test-app.ts'
import { formatCursor } from './cursor.ts'

const { app, log, database, ...make } = await testApp()
const site = await make.site()
const moderator = await make.key(site, 'moderate')

async function roomOf(count: number): Promise<Room> {
  const room = await make.room(site, { posting: 'guests' })
  for (let index = 1; index <= count; index += 1) await add(room, `Item ${index}`)
  return room
}

async function add(room: Room, text: string, poster = 'test'): Promise<string> {
  const id = randomUUID()
  const words = { author: { name: 'Ada' }, body: [text], text, hash: id }
  accepted(await log.publish(room, { type: 'post', id, kind: 'post', ...words }, poster))
  return id
}

const get = (room: Room, path: string, headers: Record<string, string> = {}) =>
  app.inject({ url: `/v1/rooms/${room.address}${path}`, headers })
const texts = (page: ItemsPage) => page.items.map((item: LiveItem) => item.text)
const change = (room: Room, method: 'DELETE' | 'POST', path: string) =>
  app.inject({
    method,
    url: `/v1/rooms/${room.address}/items/${path}`,
    headers: { authorization: moderator },
  })

test('HIST1 pages lead from the newest item to the first and back, without a gap or a repeat', async () => {
  const room = await roomOf(23)
  const all = Array.from({ length: 23 }, (_, index) => `Item ${23 - index}`)
  const pages: ItemsPage[] = [(await get(room, '/items?limit=5')).json()]
  for (let page = pages[0]; page?.older; page = pages.at(-1)) {
    pages.push((await get(room, `/items?limit=5&before=${page.older}`)).json())
  }
  expect(pages.every((page) => Value.Check(ItemsPage, page))).toBe(true)
  expect(pages.flatMap(texts)).toEqual(all)
  expect(pages[0]?.newer).toBeNull()

  let page = pages.at(-1) as ItemsPage
  const back = [page]
  while (page.newer) {
    page = (await get(room, `/items?limit=5&after=${page.newer}`)).json()
    back.unshift(page)
  }
  expect(back.flatMap(texts)).toEqual(all)
})

test('HIST1 a page around an item has it and what lies on both sides', async () => {
  const room = await roomOf(4)
  const id = await add(room, 'The one')
  for (let index = 0; index < 4; index += 1) await add(room, 'Later')
  const page = (await get(room, `/items?limit=5&around=${id}`)).json()
  expect(texts(page)).toContain('The one')
  expect(page.older).not.toBeNull()
  expect(page.newer).not.toBeNull()
  expect(page.pinned).toBeUndefined()
  expect((await get(room, `/items?around=${randomUUID()}`)).json().code).toBe('item-unknown')
})

test('HIST1 pages beside a place that is in no room lead back into it', async () => {
  const room = await roomOf(2)
  const { epoch } = (await log.counts(room.id)).head
  for (const [way, seq, back] of [
    ['before', 0, 'newer'],
    ['after', Number.MAX_SAFE_INTEGER, 'older'],
  ] as const) {
    const beside: ItemsPage = (await get(room, `/items?${way}=${formatCursor(epoch, seq)}`)).json()
    expect(texts(beside)).toEqual([])
    const onward = back === 'newer' ? 'after' : 'before'
    const page: ItemsPage = (await get(room, `/items?${onward}=${beside[back]}`)).json()
    expect(texts(page)).toEqual(['Item 2', 'Item 1'])
  }
})

test('HIST2 a cursor that this room did not give is refused', async () => {
  const room = await roomOf(3)
  const { epoch } = (await log.counts(room.id)).head
  const encode = (text: string) => Buffer.from(text).toString('base64url')
  const wrong = [
    '1',
    'nonsense',
    '%00',
    '-1',
    'NaN',
    'a'.repeat(65),
    'a'.repeat(10_000),
    encode(`${epoch}.-1`),
    encode(`${epoch}.NaN`),
    encode(`${epoch}.1.5`),
    encode(`${epoch}.9007199254740992`),
    encode(`${epoch}.1 `),
    encode(`${epoch}.1; DROP TABLE items`),
    `${encode(`${epoch}.1`)}=`,
    formatCursor('otherepoch', 2),
  ]
  for (const cursor of wrong) {
    for (const side of ['before', 'after']) {
      const answer = await get(room, `/items?${side}=${cursor}`)
      expect([cursor, answer.statusCode, answer.json().code]).toEqual([cursor, 400, 'bad-cursor'])
    }
  }
  const mine = (await get(room, '/items?limit=1')).json().older
  expect((await get(room, `/items?before=${mine}`)).statusCode).toBe(200)
  await renewEpochs(database, room.id)
  expect((await get(room, `/items?before=${mine}`)).json().code).toBe('bad-cursor')
})

test.each([
  'limit=0',
  'limit=201',
  'limit=-1',
  'limit=1.5',
  'limit=many',
  'limit=NaN',
  'limit=1&limit=2',
  'around=one',
  'around=00000000-0000-0000-0000-00000000000G',
  'altered=-1',
  'view=owner',
])('HIST3 refuses %s', async (query) => {
  const room = await roomOf(1)
  expect((await get(room, `/items?${query}`)).json().code).toBe('bad-request')
})

test('HIST3 takes one place at most, and lets unknown parameters be', async () => {
  const room = await roomOf(3)
  const { older } = (await get(room, '/items?limit=1')).json()
  expect((await get(room, `/items?before=${older}&after=${older}`)).json().code).toBe('bad-request')
  expect((await get(room, `/items?before=${older}&around=${randomUUID()}`)).json().code).toBe('bad-request')
  expect((await get(room, '/items?limit=2&altered=9&mood=good&__proto__=1')).json().items).toHaveLength(2)
})

test('HIST4 a page that nothing has happened to since is told in 304, any other is told anew', async () => {
  const room = await roomOf(3)
  const first = await get(room, '/items')
  expect(first.headers['cache-control']).toBe('no-cache')
  const headers = { 'if-none-match': String(first.headers.etag) }
  const same = await get(room, '/items', headers)
  expect([same.statusCode, same.body]).toEqual([304, ''])
  expect(same.headers.etag).toBe(first.headers.etag)
  expect((await get(room, '/items', { 'if-none-match': `"x", W/${first.headers.etag}` })).statusCode).toBe(
    304,
  )
  expect((await get(room, '/items', { 'if-none-match': '"x"' })).statusCode).toBe(200)
  expect((await get(room, '/items?before=nonsense', headers)).statusCode).toBe(400)
  const staff = await get(room, '/items?view=staff', { ...headers, authorization: moderator })
  expect(staff.statusCode).toBe(200)
  expect(staff.headers['cache-control']).toBe('private, no-cache')

  await add(room, 'Another')
  expect((await get(room, '/items', headers)).json().items).toHaveLength(4)
})

test('HIST5 altered moves with every change that is no post', async () => {
  const room = await roomOf(2)
  const id = await add(room, 'The one')
  const altered = async () => (await get(room, '/items')).json().altered
  expect(await altered()).toBe(0)
  for (const [index, action] of ['pin', 'unpin', 'highlight', 'hold', 'release'].entries()) {
    await change(room, 'POST', `${id}/${action}`)
    expect(await altered()).toBe(4 + index)
  }
  await add(room, 'Another')
  expect(await altered()).toBe(8)
  await change(room, 'DELETE', id)
  expect(await altered()).toBe(10)
})

test('HIST6 after a removal was acknowledged no answer has the item', async () => {
  const room = await roomOf(3)
  const id = await add(room, 'Unforgettable')
  await change(room, 'POST', `${id}/pin`)
  for (let index = 0; index < 3; index += 1) await add(room, 'Later')
  const before = await get(room, '/items')
  const { head } = await log.counts(room.id)
  const stale = { 'if-none-match': String(before.headers.etag) }
  const cursors = [1, 4, 5, 7].map((seq) => formatCursor(head.epoch, seq))
  const items = [
    '/items',
    '/items?limit=200',
    `/items?altered=${before.json().altered}`,
    `/items?around=${id}`,
    ...cursors.flatMap((cursor) => [`/items?before=${cursor}`, `/items?after=${cursor}`]),
    `/items/${id}`,
  ]
  const polls = Array.from({ length: head.rev + 1 }, (_, rev) => `${room.address}@${head.epoch}:${rev}`)
  expect(before.body).toContain('Unforgettable')

  const removed = await change(room, 'DELETE', id)
  expect(removed.statusCode).toBe(200)
  const answers = await Promise.all([
    ...items.map((path) => get(room, path)),
    ...items.map((path) => get(room, path, stale)),
    ...polls.map((at) => app.inject(`/v1/poll?wait=0&room=${encodeURIComponent(at)}`)),
  ])
  for (const answer of answers) {
    expect(answer.statusCode).not.toBe(304)
    expect(answer.body).not.toContain('Unforgettable')
  }
  const gone = await get(room, `/items/${id}`)
  expect([gone.statusCode, gone.json().code]).toEqual([410, 'item-removed'])
  expect((await get(room, '')).json().items).toBe(6)
})

test('HIST7 an item is told to readers while it stands, and to staff and its poster while it waits', async () => {
  const room = await make.room(site, { posting: 'guests', settings: { holdPosts: true } })
  const someone = guest()
  const id = randomUUID()
  await app.inject({
    method: 'POST',
    url: `/v1/rooms/${room.address}/items`,
    headers: { authorization: someone },
    payload: { id, text: 'Mine', author: { name: 'Ada' } },
  })
  const item = (authorization?: string, query = '') =>
    get(room, `/items/${id}${query}`, authorization ? { authorization } : {})
  expect((await item()).json().code).toBe('item-unknown')
  expect((await item(guest())).json().code).toBe('item-unknown')
  expect((await item(moderator)).json().code).toBe('item-unknown')
  expect((await item(someone)).json()).toMatchObject({ text: 'Mine', held: true, seq: null })
  expect((await item(moderator, '?view=staff')).json()).toMatchObject({ text: 'Mine', held: true })

  await change(room, 'POST', `${id}/release`)
  const told = await item()
  expect(told.json()).toMatchObject({ text: 'Mine', seq: 2, rev: 2 })
  expect(told.headers.etag).toBe('"2"')

  await change(room, 'DELETE', id)
  for (const who of [undefined, guest(), someone, moderator]) expect((await item(who)).statusCode).toBe(410)
  expect((await item(moderator, '?view=staff')).json()).toMatchObject({
    text: 'Mine',
    removedAt: expect.any(String),
  })
  expect((await get(room, '/items/one')).json().code).toBe('bad-request')
})

test('HIST9 an item is told with its source to its poster and to moderators, and to nobody else', async () => {
  const room = await make.room(site, { posting: 'guests' })
  const [poster, other] = [guest(), guest()]
  const posted = await app.inject({
    method: 'POST',
    url: `/v1/rooms/${room.address}/items`,
    headers: { authorization: poster },
    payload: { author: { name: 'Ada' }, text: 'It *was* [here](https://example.org/)' },
  })
  const { id } = posted.json().item
  const source = async (path: string, headers = {}) =>
    (await get(room, `/items/${id}${path}`, headers)).json().source
  expect(await source('', { authorization: poster })).toBe('It *was* [here](https://example.org/)')
  expect(await source('?view=staff', { authorization: moderator })).toBe(
    'It *was* [here](https://example.org/)',
  )
  expect(await source('', { authorization: other })).toBeUndefined()
  expect(await source('')).toBeUndefined()
  expect((await get(room, '/items')).body).not.toContain('source')
})

test('HIST8 a room tells what it is, where it is and what the asker may do', async () => {
  const room = await roomOf(2)
  const answer = await get(room, '')
  expect(Value.Check(RoomSummary, answer.json())).toBe(true)
  const { head } = await log.counts(room.id)
  expect(answer.json()).toMatchObject({
    room: room.address,
    state: 'open',
    posting: 'guests',
    items: 2,
    position: `${head.epoch}:2`,
    may: ['read'],
  })
  expect((await get(room, '', { authorization: guest() })).json().may).toEqual(['read', 'post', 'edit-own'])
  expect((await get(room, '', { authorization: moderator })).json().may).toContain('moderate')
})

test('HIST17 a room that was changed is told as it is at the position, also right after somebody asked', async () => {
  const room = await roomOf(1)
  expect((await get(room, '', { authorization: guest() })).json().may).toContain('post')
  const changed = { title: 'Now with less', state: 'closed', posting: 'signed-in' } as const
  accepted(await log.publish(room, { type: 'room', ...changed }, 'test'))
  const answer = (await get(room, '', { authorization: guest() })).json()
  expect(answer).toMatchObject({ ...changed, may: ['read', 'edit-own'] })
  expect(answer.position).toMatch(/:2$/)
  await database.sql`UPDATE rooms SET visibility = 'private', title = 'Secret' WHERE id = ${room.id}`
  // Who may read it is remembered for as long.
  expect((await get(room, '')).body).not.toContain('Secret')
})
