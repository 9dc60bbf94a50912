import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { accepted } from '../log/accepted.ts'
import { registry } from '../metrics/metrics.ts'
import type { Room } from '../rooms/room.ts'
import { guest, testApp } from '../test-app.ts'
import { Purger } from './purger.ts'

interface Told {
  readonly tags: readonly string[]
  readonly authorization: string | undefined
}

/** A CDN's door: keeps what it is told, and fails as often as it is told to. */
const told: Told[] = []
let failures = 0
async function hear(request: IncomingMessage): Promise<number> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  if (failures > 0) {
    failures -= 1
    return 503
  }
  // Somebody of another test whose port this was, or a request that was given up.
  if (chunks.length === 0) return 400
  const { tags } = JSON.parse(Buffer.concat(chunks).toString()) as Told
  told.push({ tags, authorization: request.headers.authorization })
  return 200
}
const cdn = createServer(async (request, response) => response.writeHead(await hear(request)).end())
await new Promise<void>((resolve) => cdn.listen(0, '127.0.0.1', resolve))
afterAll(() => void cdn.close())
const url = `http://127.0.0.1:${(cdn.address() as AddressInfo).port}/purge`

const { app, log, ...make } = await testApp({ PURGE_URL: url, PURGE_TOKEN: 'let-go', CACHE_MAX_AGE: '50' })
const site = await make.site()
const moderator = await make.key(site, 'moderate')

async function add(room: Room): Promise<string> {
  const id = randomUUID()
  const words = { author: { name: 'Ada' }, body: ['Hello'], text: 'Hello', hash: id }
  accepted(await log.publish(room, { type: 'post', id, kind: 'post', ...words }, 'test'))
  return id
}

async function roomOf(count: number, visibility: 'public' | 'private' = 'public') {
  const room = await make.room(site, { visibility })
  const ids: string[] = []
  for (let index = 0; index < count; index += 1) ids.push(await add(room))
  return { room, ids }
}

const get = (room: Room, path: string, headers: Record<string, string> = {}) =>
  app.inject({ url: `/v1/rooms/${room.address}${path}`, headers })
const change = (room: Room, method: 'DELETE' | 'PATCH' | 'POST', path: string, payload?: object) =>
  app.inject({
    method,
    url: `/v1/rooms/${room.address}/items/${path}`,
    headers: { authorization: moderator },
    ...(payload && { payload }),
  })
const toldOf = (room: Room) => told.filter(({ tags }) => tags.includes(`room-${room.address}`))

test('HIST13 shared caches may keep what everybody is told, and nothing else', async () => {
  const { room } = await roomOf(12)
  const newest = await get(room, '/items?limit=5')
  const past = `/items?limit=5&before=${newest.json().older}`
  expect(newest.headers).toMatchObject({
    'cache-control': 'public, max-age=0, s-maxage=1',
    'cache-tag': `room-${room.address}`,
  })
  const shared = { 'cache-control': 'public, max-age=0, s-maxage=50', 'cache-tag': `room-${room.address}` }
  const page = await get(room, past)
  expect(page.headers).toMatchObject(shared)
  expect((await get(room, past, { 'if-none-match': String(page.headers.etag) })).headers).toMatchObject(
    shared,
  )
  for (const authorization of [guest(), moderator])
    for (const path of [past, ...(authorization === moderator ? [`${past}&view=staff`] : [])]) {
      const { headers } = await get(room, path, { authorization })
      expect([path, headers['cache-control'], headers['cache-tag']]).toEqual([
        path,
        'private, no-cache',
        undefined,
      ])
    }
  for (const wrong of ['/items?before=nonsense', `/items?around=${randomUUID()}`, '']) {
    const { headers } = await get(room, wrong)
    expect([wrong, headers['cache-tag']]).toEqual([wrong, undefined])
    expect(headers['cache-control']).not.toContain('public')
  }
  const hidden = await roomOf(12, 'private')
  const authorization = moderator
  expect((await get(hidden.room, '/items', { authorization })).headers['cache-tag']).toBeUndefined()
})

test('HIST13 a page is not kept under an address whose altered is yet to come', async () => {
  const { room, ids } = await roomOf(12)
  const past = `/items?limit=5&before=${(await get(room, '/items?limit=5')).json().older}`
  const rules = async (altered: number) =>
    (await get(room, `${past}&altered=${altered}`)).headers['cache-control']
  expect(await rules(13)).toBe('no-cache')
  await change(room, 'DELETE', ids[0] as string)
  expect(await rules(13)).toBe('public, max-age=0, s-maxage=50')
  expect(await rules(14)).toBe('no-cache')
})

test('HIST14 each change but a post has the pages of its public room purged', async () => {
  const { room, ids } = await roomOf(3)
  const other = await roomOf(1)
  const id = ids[1] as string
  expect(toldOf(room)).toEqual([])
  for (const [method, path, payload] of [
    ['PATCH', id, { text: 'Edited' }],
    ['POST', `${id}/pin`],
    ['POST', `${id}/hold`],
    ['POST', `${id}/release`],
    ['DELETE', id],
    ['POST', `${id}/restore`],
  ] as const) {
    const before = toldOf(room).length
    expect((await change(room, method, path, payload)).statusCode).toBe(200)
    await expect.poll(() => toldOf(room).length, { message: path }).toBeGreaterThan(before)
  }
  expect(toldOf(room)[0]?.authorization).toBe('Bearer let-go')
  expect(toldOf(other.room)).toEqual([])
  const hidden = await roomOf(2, 'private')
  await change(hidden.room, 'DELETE', hidden.ids[0] as string)
  await change(other.room, 'DELETE', other.ids[0] as string)
  await expect.poll(() => toldOf(other.room).length).toBe(1)
  expect(toldOf(hidden.room)).toEqual([])
})

test('HIST14 what could not be told is told again, all that waits together, and given up after its time', async () => {
  const lines: [string, object][] = []
  const note = (level: string) => (what: unknown) => void lines.push([level, what as object])
  const logger = { debug() {}, info() {}, warn: note('warn'), error: note('error') }
  const purger = new Purger(url, { url, token: undefined, seconds: 60 }, logger)
  failures = 2
  for (const room of ['a/1', 'a/2', 'a/3']) purger.purge(room)
  const tags = ['room-a/1', 'room-a/2', 'room-a/3']
  await expect.poll(() => tags.every((tag) => told.some((one) => one.tags.includes(tag)))).toBe(true)
  expect(lines.map(([level]) => level)).toEqual(['warn', 'warn'])
  await purger.close()

  const late = new Purger(url, { url, token: undefined, seconds: 0 }, logger)
  failures = 1
  late.purge('a/4')
  await expect.poll(() => lines.at(-1)).toMatchObject(['error', { tags: ['room-a/4'] }])
  await late.close()
  expect(told.some((one) => one.tags.includes('room-a/4'))).toBe(false)
})

test('METRIC10 pages are counted as kept or read, and so is what a shared cache could not be told', async () => {
  const number = async (name: string): Promise<number> =>
    (await registry.getSingleMetric(`halley_${name}`)?.get())?.values[0]?.value ?? 0
  const names = ['pages_read_total', 'pages_kept_total', 'page_cache_bytes', 'purge_failures_total']
  const numbers = () => Promise.all(names.map(number))
  const { room, ids } = await roomOf(3)
  const before = await numbers()
  await get(room, '/items?limit=2')
  const [, , bytes = 0] = before
  const read = await numbers()
  expect(read).toEqual([(before[0] ?? 0) + 1, before[1], expect.any(Number), before[3]])
  expect(read[2]).toBeGreaterThan(bytes)
  await get(room, '/items?limit=2')
  expect((await numbers()).slice(0, 2)).toEqual([read[0], (read[1] ?? 0) + 1])
  failures = 1
  await change(room, 'DELETE', ids[0] as string)
  await expect.poll(() => number('purge_failures_total')).toBe((before[3] ?? 0) + 1)
})
