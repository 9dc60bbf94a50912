import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { tempFolder } from '../../../e2e/parts/temp-folder.ts'
import { halley } from '../cli/halley.ts'
import { parseText } from '../filters/parse-text.ts'
import { aPost } from '../log/test-log.ts'
import type { Room } from '../rooms/room.ts'
import { testApp } from '../test-app.ts'

const { app, database, config, log, ...make } = await testApp()
const folder = tempFolder('transfer')
afterAll(() => folder.remove())
const aFile = () => join(folder.path, `${randomUUID()}.jsonl`)
const aSlug = () => `s${randomUUID().slice(0, 8)}`

async function type(...args: string[]): Promise<{ code: number; said: string }> {
  let said = ''
  const say = (text: string) => {
    said += text
  }
  const env = { DATABASE_URL: database.url, SECRET_KEY: config.secretKey as string, DATA_DIR: folder.path }
  return { code: await halley(args, { env, out: say, err: say }), said }
}

const post = async (room: Room, text: string, rest: Parameters<typeof aPost>[1] = {}) => {
  const sent = aPost(text, { ...parseText(text), postedAt: '2026-01-02T03:04:05.678Z', ...rest })
  await log.publish(room, sent, 'guest:1')
  return sent.id
}
const change = (room: Room, id: string, type: 'remove' | 'pin' | 'restore') =>
  log.publish(room, { type, id }, 'eve')

const page = async (address: string): Promise<{ id: string; rev: number }[]> =>
  (await app.inject(`/v1/rooms/${address}/items?limit=200`)).json().items
/** Of a room's items what an export keeps. */
const kept = async (address: string) =>
  (await page(address)).map(({ rev: _, ...item }) => ({ ...item, seq: undefined, editedAt: undefined }))
const lines = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n')

/** A room of all sorts. */
async function filled() {
  const site = await make.site(['https://acme.example'])
  const room = await make.room(site, { title: 'Keynote', posting: 'guests', settings: { editWindow: 7 } })
  const marks = '**bold** and _not_ [a link](https://example.org/a_b)\n\n- one\n- two\n\n> said `x*y`'
  const ids = [await post(room, 'first'), await post(room, marks), await post(room, 'a 🌙 \\*plain\\*')]
  await post(room, 'loud', {
    highlight: true,
    author: { name: 'Eve', role: 'owner', url: 'https://e.example/' },
  })
  const gone = await post(room, 'the secret that was taken down')
  await post(room, 'that waits', { held: true })
  await change(room, gone, 'remove')
  await change(room, ids[1] as string, 'pin')
  return { site, room, ids, gone }
}

test('MOVE1 what was exported is imported elsewhere as it was, in the same order', async () => {
  const { site, room } = await filled()
  for (let n = 0; n < 1200; n += 100)
    await Promise.all(Array.from({ length: 100 }, (_, index) => post(room, `${n + index}`)))
  const [file, other] = [aFile(), aSlug()]
  expect(await type('export', site.slug, file)).toEqual({ code: 0, said: `${file}: 1 rooms, 1204 items\n` })
  expect(await type('import', file, '--site', other)).toMatchObject({
    code: 0,
    said: expect.stringContaining('1204 items imported, 0 were there'),
  })
  const address = `${other}/${room.slug}`
  expect(await kept(address)).toEqual(await kept(room.address))
  const again = aFile()
  await type('export', address, again)
  const items = (path: string) => lines(path).filter((line) => line.startsWith('{"item"'))
  expect(items(again)).toEqual(items(file))
  const { settings: _, ...facts } = JSON.parse(lines(file)[1] as string).room
  expect((await app.inject(`/v1/rooms/${address}`)).json()).toMatchObject({
    title: facts.title,
    posting: facts.posting,
  })
  expect(lines(file)[1]).toContain('"editWindow":7')
  const [row] = await database.sql`SELECT array_to_json(origins) AS origins FROM sites WHERE slug = ${other}`
  expect(row?.origins).toEqual(['https://acme.example'])
})

test('MOVE2 what was removed is in no export, and what is held only where that is asked for', async () => {
  const { room, gone } = await filled()
  const [file, staff] = [aFile(), aFile()]
  await type('export', room.address, file)
  await type('export', room.address, staff, '--staff')
  const [text, all] = [readFileSync(file, 'utf8'), readFileSync(staff, 'utf8')]
  for (const one of [text, all]) {
    expect(one).not.toContain('the secret')
    expect(one).not.toContain(gone)
  }
  expect(text).not.toMatch(/that waits|guest:1|"poster"/)
  expect(all).toMatch(/that waits/)
  expect(all).toContain('"poster":"guest:1"')
  const other = aSlug()
  await type('import', staff, '--site', other)
  expect(await kept(`${other}/${room.slug}`)).toEqual(await kept(room.address))
  const [held] = await database.sql`
    SELECT count(*) AS held FROM items i JOIN rooms r ON r.id = i.room_id JOIN sites s ON s.id = r.site_id
    WHERE s.slug = ${other} AND i.state = 'held' AND i.poster = 'guest:1'`
  expect(held?.held).toBe(1)
})

test('MOVE3 an import may be done again, and what was removed since stays removed', async () => {
  const { room, ids } = await filled()
  const file = aFile()
  await type('export', room.address, file)
  await change(room, ids[0] as string, 'remove')
  const before = await page(room.address)
  const back = await type('import', file)
  expect(back.said).toContain('0 items imported, 4 were there')
  expect(await page(room.address)).toEqual(before)
  const other = aSlug()
  await type('import', file, '--site', other)
  const once = await page(`${other}/${room.slug}`)
  expect((await type('import', file, '--site', other)).said).toContain('0 items imported, 4 were there')
  expect(await page(`${other}/${room.slug}`)).toEqual(once)
})

test('MOVE4 what is imported is judged as a post is, and nothing behind what is refused is taken in', async () => {
  const { room } = await filled()
  const file = aFile()
  await type('export', room.address, file)
  const good = lines(file)
  const item = JSON.parse(good[3] as string).item
  const bad = [
    { ...item, source: '\u200b' },
    { ...item, author: { name: ' ' } },
    { ...item, author: { name: 'Ada', url: 'javascript:alert(1)' } },
    { ...item, id: 'x' },
  ]
  for (const one of bad) {
    const other = aSlug()
    writeFileSync(
      file,
      `${good.map((line, n) => (n === 3 ? JSON.stringify({ item: one }) : line)).join('\n')}\n`,
    )
    const { code, said } = await type('import', file, '--site', other)
    expect([code, said]).toEqual([1, expect.stringContaining('line 4: ')])
    expect((await page(`${other}/${room.slug}`)).length).toBeLessThanOrEqual(1)
  }
  // The tree is not believed: it is made of the source.
  const tree = [{ type: 'script', children: ['alert(1)'] }]
  writeFileSync(
    file,
    `${good.map((line, n) => (n === 3 ? JSON.stringify({ item: { ...item, body: tree } }) : line)).join('\n')}\n`,
  )
  const other = aSlug()
  expect(await type('import', file, '--site', other)).toMatchObject({ code: 0 })
  expect(JSON.stringify(await page(`${other}/${room.slug}`))).not.toContain('script')
})

test('MOVE5 a file that is no export or is cut off is refused with the line', async () => {
  const { room } = await filled()
  const file = aFile()
  await type('export', room.address, file)
  const good = lines(file)
  const cases: [string, string][] = [
    ['hello', 'line 1: this is no JSON'],
    ['{"halley":"backup"}', 'line 1: this is no export'],
    [good.slice(0, -1).join('\n'), `line ${good.length - 1}: the file ends before its end`],
    [[good[0], good[2]].join('\n'), 'line 2: an item stands before any room'],
    [[...good, good[2]].join('\n'), `line ${good.length + 1}: there is more after the end`],
  ]
  for (const [text, words] of cases) {
    writeFileSync(file, text)
    expect(await type('import', file, '--site', aSlug())).toEqual({
      code: 1,
      said: expect.stringContaining(words),
    })
  }
  expect(await type('import', aFile())).toMatchObject({ code: 1, said: expect.stringContaining('no file') })
})

test('MOVE6 a room that something was imported into begins a new life', async () => {
  const { room } = await filled()
  const file = aFile()
  await type('export', room.address, file)
  const other = aSlug()
  await type('import', file, '--site', other)
  const position = async () =>
    (await app.inject(`/v1/rooms/${other}/${room.slug}/items?limit=1`)).json().position
  const before = await position()
  await type('import', file, '--site', other)
  expect(await position()).toBe(before)
  const more = JSON.parse(lines(file)[2] as string).item
  const text = `${[...lines(file).slice(0, -1), JSON.stringify({ item: { ...more, id: randomUUID() } }), lines(file).at(-1)].join('\n')}\n`
  writeFileSync(file, text)
  await type('import', file, '--site', other)
  expect((await position()).split(':')[0]).not.toBe(before.split(':')[0])
})
