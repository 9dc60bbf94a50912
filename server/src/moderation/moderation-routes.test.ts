import { randomUUID } from 'node:crypto'
import { PostedItem } from '@halley/shared'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { guestPoster } from '../auth/guest.ts'
import { accepted } from '../log/accepted.ts'
import type { NewRoom } from '../rooms/create-room.ts'
import type { Room } from '../rooms/room.ts'
import { guest, testApp } from '../test-app.ts'
import { changeItem } from './change-item.ts'

const { app, log, database, ...make } = await testApp()
const site = await make.site()
const moderator = await make.key(site, 'moderate')
const someone = guest()
const poster = guestPoster(someone.slice('Guest '.length), site.id)

async function place(settings?: NewRoom['settings'], post: object = {}): Promise<{ room: Room; id: string }> {
  const room = await make.room(site, { posting: 'guests', ...(settings && { settings }) })
  const id = randomUUID()
  const words = { author: { name: 'Ada' }, body: ['First'], text: 'First', hash: id, ...post }
  accepted(await log.publish(room, { type: 'post', id, kind: 'post', ...words }, poster))
  return { room, id }
}

function ask(
  { room, id }: { room: Room; id: string },
  method: 'PATCH' | 'DELETE' | 'POST',
  options: { path?: string; payload?: object; who?: string; headers?: Record<string, string> } = {},
) {
  const { path = '', payload, who = moderator, headers } = options
  return app.inject({
    method,
    url: `/v1/rooms/${room.address}/items/${id}${path}`,
    headers: { authorization: who, ...headers },
    ...(payload && { payload }),
  })
}
const edit = (at: { room: Room; id: string }, text: string, who = moderator, headers = {}) =>
  ask(at, 'PATCH', { payload: { text }, who, headers })

test('MOD1 an edit is told with its new text, rev and time', async () => {
  const at = await place()
  const answer = await edit(at, 'Second, *better*')
  expect(answer.statusCode).toBe(200)
  expect(Value.Check(PostedItem, answer.json())).toBe(true)
  expect(answer.json().item).toMatchObject({
    seq: 1,
    rev: 2,
    text: 'Second, better',
    editedAt: expect.any(String),
  })
  const same = await edit(at, 'Second, *better*')
  expect(same.json().item.rev).toBe(2)
})

test('MOD2 a change that asks for a rev is refused once it is another', async () => {
  const at = await place()
  const stale = { 'if-match': '"1"' }
  expect((await edit(at, 'Second', moderator, stale)).statusCode).toBe(200)
  for (const answer of [
    await edit(at, 'Third', moderator, stale),
    await ask(at, 'DELETE', { headers: stale }),
    await ask(at, 'POST', { path: '/pin', headers: stale }),
  ]) {
    expect([answer.statusCode, answer.json().code]).toEqual([412, 'changed'])
  }
  expect((await edit(at, 'Third', moderator, { 'if-match': '"2"' })).statusCode).toBe(200)
  expect((await edit(at, 'Fourth', moderator, { 'if-match': '*' })).statusCode).toBe(200)
  for (const header of ['1', '"one"', '"-1"', 'W/"1"', '"9007199254740993"', '"1", "2"']) {
    expect((await edit(at, 'Fifth', moderator, { 'if-match': header })).json().code).toBe('bad-request')
  }
})

test('MOD3 posters change their own while the edit window lasts', async () => {
  const at = await place({ editWindow: 300 })
  expect((await edit(at, 'Second', someone)).json().item.text).toBe('Second')
  const removed = await ask(at, 'DELETE', { who: someone })
  expect(removed.json().item).toEqual({ id: at.id, seq: 1, rev: 3, removed: true })
  expect((await edit(at, 'Third', someone)).json().code).toBe('item-removed')

  const late = await place({ editWindow: 300 }, { postedAt: new Date(Date.now() - 301_000).toISOString() })
  expect((await edit(late, 'Second', someone)).json().code).toBe('edit-window-over')
  expect((await ask(late, 'DELETE', { who: someone })).json().code).toBe('edit-window-over')
  expect((await edit(late, 'Second')).statusCode).toBe(200)
})

test('MOD3 staff change their own for as long as they like', async () => {
  const author = await make.user(site, { sub: 'an-author', role: 'author' })
  const room = await make.room(site)
  const id = randomUUID()
  const words = { author: { name: 'Ada' }, body: ['First'], text: 'First', hash: id }
  const postedAt = '2020-01-01T00:00:00.000Z'
  accepted(await log.publish(room, { type: 'post', id, kind: 'post', postedAt, ...words }, 'user:an-author'))
  expect((await edit({ room, id }, 'Second', author)).statusCode).toBe(200)
})

test('MOD4 what a moderator has released stays as it was', async () => {
  const at = await place({ holdPosts: true }, { held: true })
  expect((await edit(at, 'Second', someone)).json().item).toMatchObject({ text: 'Second', held: true })
  await ask(at, 'POST', { path: '/release' })
  expect((await edit(at, 'An advertisement', someone)).json().code).toBe('forbidden')
  expect((await ask(at, 'DELETE', { who: someone })).statusCode).toBe(200)
})

test('MOD4 holds for an edit that was allowed while the item waited, and overtaken by its release', async () => {
  const at = await place({ holdPosts: true }, { held: true })
  const overtaken = {
    ...log,
    async item(room: Room['id'], id: string) {
      const before = await log.item(room, id)
      await ask(at, 'POST', { path: '/release' })
      return before
    },
  }
  const advertisement = { type: 'edit', id: at.id, body: ['Buy'], text: 'Buy' } as const
  const edited = changeItem(overtaken, at.room, { kind: 'guest', poster }, advertisement)
  await expect(edited).rejects.toMatchObject({ code: 'changed' })
  expect(await log.item(at.room.id, at.id)).toMatchObject({ state: 'live', text: 'First' })
})

test('MOD5 each change does what it says, and asked for again changes nothing', async () => {
  const at = await place()
  const steps = [
    ['/pin', { pinned: true }],
    ['/unpin', { seq: 1 }],
    ['/highlight', { highlight: true }],
    ['/unhighlight', { seq: 1 }],
    ['/hold', { held: true }],
    ['/release', { seq: 1 }],
  ] as const
  for (const [index, [path, shows]] of steps.entries()) {
    for (let tries = 0; tries < 2; tries += 1) {
      const answer = await ask(at, 'POST', { path })
      expect(answer.statusCode).toBe(200)
      expect(answer.json().item).toMatchObject({ rev: index + 2, ...shows })
      expect(answer.json().position).toMatch(new RegExp(`:${index + 2}$`))
    }
  }
  for (let tries = 0; tries < 2; tries += 1) {
    const removed = await ask(at, 'DELETE')
    expect(removed.json().item).toMatchObject({ rev: 8, text: 'First', removedAt: expect.any(String) })
  }
  expect((await ask(at, 'POST', { path: '/pin' })).json().code).toBe('item-removed')
  for (let tries = 0; tries < 2; tries += 1) {
    const restored = await ask(at, 'POST', { path: '/restore' })
    expect(restored.json().item).toMatchObject({ rev: 9, seq: 1, text: 'First' })
  }
})

test('MOD6 who, when and why stay on record', async () => {
  const at = await place()
  await ask(at, 'DELETE', { payload: { reason: ' Off topic\u0007 ' } })
  await ask(at, 'POST', { path: '/restore', payload: {} })
  const rows = await database.sql`
    SELECT type, "by", reason FROM changes WHERE room_id = ${at.room.id} ORDER BY rev`
  expect(rows.map((row) => [row.type, row.reason])).toEqual([
    ['posted', null],
    ['removed', 'Off topic'],
    ['restored', null],
  ])
  expect(rows[0]?.by).toBe(poster)
  expect(rows[1]?.by).toMatch(/^key:/)
})

test.each([
  ['no text', {}, 'bad-request'],
  ['a blank text', { text: ' ' }, 'bad-request'],
  ['a text over the limit', { text: 'a'.repeat(4001) }, 'text-too-long'],
  ['a U+0000', { text: 'a\u0000' }, 'bad-text'],
  ['half of a surrogate pair', { text: '\ud800' }, 'bad-text'],
  ['another type', { text: ['a'] }, 'bad-request'],
])('MOD7 refuses an edit with %s by name and changes nothing', async (_what, payload, code) => {
  const at = await place()
  expect((await ask(at, 'PATCH', { payload })).json().code).toBe(code)
  expect((await log.counts(at.room.id)).head.rev).toBe(1)
})

test('MOD7 refuses a reason that is too long or cannot be stored', async () => {
  const at = await place()
  expect((await ask(at, 'DELETE', { payload: { reason: 'a'.repeat(501) } })).json().code).toBe('bad-request')
  expect((await ask(at, 'DELETE', { payload: { reason: 'a\u0000' } })).json().code).toBe('bad-text')
  expect((await log.counts(at.room.id)).head.rev).toBe(1)
})

test('MOD8 an item that is not there, or not for the asker, is unknown', async () => {
  const at = await place({ holdPosts: true }, { held: true })
  const nowhere = { room: at.room, id: randomUUID() }
  for (const who of [moderator, someone])
    expect((await edit(nowhere, 'Second', who)).json().code).toBe('item-unknown')
  expect((await edit(at, 'Second', guest())).json().code).toBe('item-unknown')
  expect((await ask(at, 'DELETE', { who: guest() })).json().code).toBe('item-unknown')
  expect((await edit({ room: at.room, id: 'one' }, 'Second')).json().code).toBe('bad-request')
})
