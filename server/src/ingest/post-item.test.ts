import { randomUUID } from 'node:crypto'
import { HeldItem, LIMITS, PostedItem } from '@halley/shared'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import type { Room } from '../rooms/room.ts'
import { guest, testApp } from '../test-app.ts'

const { app, log, ...make } = await testApp()
const site = await make.site()
const open = { posting: 'guests' } as const
const room = await make.room(site, open)
const moderator = await make.key(site, 'moderate')
const author = { name: 'Ada' }

function post(to: Room, authorization: string, payload: object) {
  return app.inject({
    method: 'POST',
    url: `/v1/rooms/${to.address}/items`,
    headers: { authorization },
    payload,
  })
}
const change = (of: Room, method: 'DELETE' | 'POST', path: string) =>
  app.inject({ method, url: `/v1/rooms/${of.address}/items/${path}`, headers: { authorization: moderator } })
const stateOf = (of: Room) => log.counts(of.id)

test('POST1 answers 201 with the item and the position at which it is there', async () => {
  const to = await make.room(site, open)
  const answer = await post(to, guest(), { author, text: 'Hello *there*' })
  expect(answer.statusCode).toBe(201)
  expect(Value.Check(PostedItem, answer.json())).toBe(true)
  expect(answer.json().item).toMatchObject({ seq: 1, rev: 1, kind: 'post', author, text: 'Hello there' })
  const { head } = await stateOf(to)
  expect(answer.json().position).toBe(`${head.epoch}:1`)
  const id = randomUUID()
  expect((await post(to, guest(), { id, author, text: 'Again' })).json().item).toMatchObject({ id, seq: 2 })
})

test('POST2 takes the same post again for the first one, whatever became of it', async () => {
  const to = await make.room(site, open)
  const [someone, payload] = [guest(), { id: randomUUID(), author, text: 'Once' }]
  const first = await post(to, someone, payload)
  const again = await post(to, someone, payload)
  expect(first.statusCode).toBe(201)
  expect(again.statusCode).toBe(200)
  expect(again.json().item).toEqual(first.json().item)

  await log.publish(to, { type: 'room', state: 'closed' }, 'test')
  expect((await post(to, someone, payload)).statusCode).toBe(200)
  expect((await post(to, someone, { author, text: 'Another' })).json().code).toBe('room-closed')

  await change(to, 'DELETE', payload.id)
  const gone = await post(to, someone, payload)
  expect(gone.statusCode).toBe(200)
  expect(gone.json().item).toEqual({ id: payload.id, seq: 1, rev: 3, removed: true })
  expect((await stateOf(to)).items).toBe(0)
})

test('POST2 takes twenty of the same post at once for one', async () => {
  const to = await make.room(site, open)
  const [someone, payload] = [guest(), { id: randomUUID(), author, text: 'Once' }]
  const answers = await Promise.all(Array.from({ length: 20 }, () => post(to, someone, payload)))
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([...Array(19).fill(200), 201])
  expect((await stateOf(to)).head.rev).toBe(1)
})

test('POST3 refuses an id that another poster or another post has', async () => {
  const to = await make.room(site, open)
  const [someone, payload] = [guest(), { id: randomUUID(), author, text: 'Once' }]
  await post(to, someone, payload)
  const others = [
    [guest(), payload],
    [moderator, payload],
    [someone, { ...payload, text: 'Twice' }],
    [someone, { ...payload, author: { name: 'Bob' } }],
  ] as const
  for (const [who, other] of others) expect((await post(to, who, other)).json().code).toBe('id-taken')
  expect((await stateOf(to)).head.rev).toBe(1)
})

test('POST4 holds the posts of readers where the room says so, and not those of staff', async () => {
  const to = await make.room(site, { ...open, settings: { holdPosts: true } })
  const [someone, payload] = [guest(), { id: randomUUID(), author, text: 'Waiting' }]
  for (let tries = 0; tries < 2; tries += 1) {
    const held = await post(to, someone, payload)
    expect(held.statusCode).toBe(202)
    expect(held.json()).toEqual({ id: payload.id, status: 'held' })
    expect(Value.Check(HeldItem, held.json())).toBe(true)
  }
  expect((await post(to, await make.user(site), { text: 'Waiting too' })).statusCode).toBe(202)
  expect((await post(to, await make.user(site, { role: 'author' }), { text: 'At once' })).statusCode).toBe(
    201,
  )
  expect((await post(to, await make.key(site, 'write'), { author, text: 'At once' })).statusCode).toBe(201)
  expect((await stateOf(to)).items).toBe(2)

  await change(to, 'POST', `${payload.id}/release`)
  expect((await post(to, someone, payload)).json().item).toMatchObject({ text: 'Waiting', seq: 5 })

  const other = { id: randomUUID(), author, text: 'Never public' }
  await post(to, someone, other)
  await change(to, 'DELETE', other.id)
  const gone = await post(to, someone, other)
  expect(gone.statusCode).toBe(200)
  expect(gone.json().item).toMatchObject({ seq: null, removed: true })
})

test('POST5 lets a guest choose a name alone, and none that could be taken for staff', async () => {
  const posted = await post(room, guest(), {
    text: 'Hello',
    author: {
      name: '  Ada   Lovelace ',
      url: 'https://a.example',
      avatar: 'https://a.example/a',
      role: 'owner',
    },
  })
  expect(posted.json().item.author).toEqual({ name: 'Ada Lovelace' })
  for (const name of ['Moderator', 'Аdmin', 'halley']) {
    expect((await post(room, guest(), { text: 'Hello', author: { name } })).json().code).toBe('name-reserved')
  }
  for (const sent of [{ text: 'Hello' }, { text: 'Hello', author: { name: '   ' } }]) {
    expect((await post(room, guest(), sent)).json().code).toBe('author-required')
  }
})

test('POST5 takes the name of whom the site signed in from the token, and whom a key names', async () => {
  const claims = { name: 'Mod Ines', role: 'moderator', avatar: 'https://acme.example/i.png' } as const
  const ines = await post(room, await make.user(site, claims), { text: 'Hello', author: { name: 'Someone' } })
  expect(ines.json().item.author).toEqual(claims)
  for (const avatar of [
    'https://bank.example@evil.example/i.png',
    `https://acme.example/${'é'.repeat(700)}`,
  ]) {
    const other = await post(room, await make.user(site, { name: 'Ines', avatar }), { text: 'Hello' })
    expect(other.json().item.author).toEqual({ name: 'Ines' })
  }
  const long = await post(room, await make.user(site, { name: 'ä'.repeat(200) }), { text: 'Hello' })
  expect(long.json().item.author).toEqual({ name: 'ä'.repeat(LIMITS.authorNameCharacters) })
  const named = { name: 'Admin', url: 'https://acme.example/', avatar: 'https://acme.example/a.png' }
  const byKey = await post(room, moderator, { text: 'Hello', author: { ...named, role: 'owner' } })
  expect(byKey.json().item.author).toEqual(named)
  expect((await post(room, moderator, { text: 'Hello' })).json().code).toBe('author-required')
  for (const url of ['javascript:alert(1)', 'mailto:a@b.example', '/relative', 'https://u:p@a.example']) {
    const answer = await post(room, moderator, { text: 'Hello', author: { name: 'Ada', url } })
    expect(answer.json().code).toBe('bad-request')
  }
})

test.each([
  ['no text', { author }, 'bad-request'],
  ['an empty text', { author, text: '' }, 'bad-request'],
  ['a blank text', { author, text: ' \n\t ' }, 'bad-request'],
  ['a text that is a number', { author, text: 5 }, 'bad-request'],
  ['a text over the limit', { author, text: 'é'.repeat(4001) }, 'text-too-long'],
  ['a U+0000 in the text', { author, text: 'a\u0000b' }, 'bad-text'],
  ['half of a surrogate pair in the text', { author, text: 'a\ud800b' }, 'bad-text'],
  ['a U+0000 in the name', { author: { name: 'a\u0000b' }, text: 'Hello' }, 'bad-text'],
  ['half of a surrogate pair in the name', { author: { name: 'a\udc00' }, text: 'Hello' }, 'bad-text'],
  ['a name that is too long', { author: { name: 'a'.repeat(61) }, text: 'Hello' }, 'bad-request'],
  ['a name that is a list', { author: { name: ['Ada'] }, text: 'Hello' }, 'bad-request'],
  ['an id that is no UUID', { id: 'one', author, text: 'Hello' }, 'bad-request'],
  ['an id in capitals', { id: randomUUID().toUpperCase(), author, text: 'Hello' }, 'bad-request'],
  ['an id that is a number', { id: 1, author, text: 'Hello' }, 'bad-request'],
  ['media', { author, text: 'Hello', media: [{ url: 'https://a.example/a.png' }] }, 'media-unsupported'],
  ['a highlight', { author, text: 'Hello', highlight: true }, 'forbidden'],
  ['a highlight that is a word', { author, text: 'Hello', highlight: 'yes' }, 'bad-request'],
])('POST6 refuses %s by name and changes nothing', async (_what, payload, code) => {
  const before = await stateOf(room)
  const answer = await post(room, guest(), payload)
  expect(answer.json().code).toBe(code)
  expect(await stateOf(room)).toEqual(before)
})

test('POST6 keeps to the length that the room allows', async () => {
  const to = await make.room(site, { ...open, settings: { textLimit: 5 } })
  expect((await post(to, guest(), { author, text: '🌠🌠🌠🌠🌠' })).statusCode).toBe(201)
  expect((await post(to, guest(), { author, text: 'sixsix' })).json().code).toBe('text-too-long')
})

test('POST7 lets staff highlight what they post', async () => {
  const posted = await post(room, moderator, { author, text: 'Look', highlight: true })
  expect(posted.json().item.highlight).toBe(true)
})
