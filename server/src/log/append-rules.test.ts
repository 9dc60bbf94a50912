import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { testDatabase } from '../db/test-database.ts'
import type { ItemRequest } from './change-request.ts'
import { aPost, testLog, testRoom } from './test-log.ts'

const database = await testDatabase()
const { log } = testLog(database)

test('LOG3 the same post again is answered with its item as it is now, and changes nothing', async () => {
  const room = await testRoom(database)
  const post = aPost('hello')
  const [first, again] = await Promise.all([log.publish(room, post, 'ada'), log.publish(room, post, 'ada')])
  expect(first.status).toBe('done')
  expect(again).toEqual({ ...first, status: 'unchanged' })
  await log.publish(room, { type: 'remove', id: post.id }, 'mod')
  expect(await log.publish(room, post, 'ada')).toMatchObject({
    status: 'unchanged',
    rev: 2,
    item: { state: 'removed' },
  })
  expect((await log.counts(room.id)).head.rev).toBe(2)
})

test('LOG3 an id of another poster, or of another post, is taken; in another room it is free', async () => {
  const room = await testRoom(database)
  const post = aPost('hello')
  await log.publish(room, post, 'ada')
  expect(await log.publish(room, post, 'eve')).toEqual({ status: 'id-taken' })
  expect(await log.publish(room, { ...post, hash: 'other' }, 'ada')).toEqual({ status: 'id-taken' })
  expect((await log.publish(await testRoom(database), post, 'eve')).status).toBe('done')
})

test('LOG4 a change that would change nothing has no rev', async () => {
  const room = await testRoom(database)
  const post = aPost('hello')
  await log.publish(room, post, 'ada')
  const nothing = [
    { type: 'edit', id: post.id, body: post.body, text: post.text },
    { type: 'restore', id: post.id },
    { type: 'release', id: post.id },
    { type: 'unpin', id: post.id },
    { type: 'unhighlight', id: post.id },
    { type: 'room', title: 'A room', state: 'open' },
  ] as const
  for (const request of nothing)
    expect(await log.publish(room, request, 'mod')).toMatchObject({ status: 'unchanged', rev: 1 })
  for (const type of ['pin', 'highlight', 'hold', 'remove'] as const) {
    expect((await log.publish(room, { type, id: post.id }, 'mod')).status).toBe('done')
    expect((await log.publish(room, { type, id: post.id }, 'mod')).status).toBe('unchanged')
  }
  expect((await log.counts(room.id)).head.rev).toBe(5)
})

test('LOG5 a change that names the rev it is of is refused once the item has moved on', async () => {
  const room = await testRoom(database)
  const post = aPost('hello')
  await log.publish(room, post, 'ada')
  await log.publish(room, { type: 'pin', id: post.id, ifRev: 1 }, 'mod')
  const edit = { type: 'edit', id: post.id, body: ['bye'], text: 'bye' } as const
  expect(await log.publish(room, { ...edit, ifRev: 1 }, 'ada')).toMatchObject({
    status: 'changed',
    item: { rev: 2, text: 'hello' },
  })
  expect((await log.publish(room, { ...edit, ifRev: 2 }, 'ada')).status).toBe('done')
  // Whoever asks again for what is so already is not told that it changed.
  expect((await log.publish(room, { ...edit, ifRev: 2 }, 'ada')).status).toBe('unchanged')
})

test('LOG6 a closed room takes posts from staff alone, an archived one from nobody', async () => {
  const room = await testRoom(database)
  const earlier = aPost('earlier')
  await log.publish(room, earlier, 'ada')
  await log.publish(room, { type: 'room', state: 'closed' }, 'owner')
  expect(await log.publish(room, aPost('late'), 'ada')).toEqual({ status: 'room-closed' })
  expect((await log.publish(room, aPost('news', { evenIfClosed: true }), 'staff')).status).toBe('done')
  expect((await log.publish(room, earlier, 'ada')).status).toBe('unchanged')
  await log.publish(room, { type: 'room', state: 'archived' }, 'owner')
  expect(await log.publish(room, aPost('later', { evenIfClosed: true }), 'staff')).toEqual({
    status: 'room-closed',
  })
  expect((await log.publish(room, { type: 'remove', id: earlier.id }, 'mod')).status).toBe('done')
})

test('LOG5 what is not there, and what was taken down, is answered by its name', async () => {
  const room = await testRoom(database)
  expect(await log.publish(room, { type: 'pin', id: randomUUID() }, 'mod')).toEqual({
    status: 'item-unknown',
  })
  const post = aPost('hello')
  await log.publish(room, post, 'ada')
  await log.publish(room, { type: 'remove', id: post.id }, 'mod')
  const late: ItemRequest['type'][] = ['pin', 'unpin', 'hold', 'release', 'highlight', 'unhighlight']
  for (const type of late)
    expect(await log.publish(room, { type, id: post.id }, 'mod')).toEqual({ status: 'item-removed' })
  const edit = { type: 'edit', id: post.id, body: ['bye'], text: 'bye' } as const
  expect(await log.publish(room, edit, 'ada')).toEqual({ status: 'item-removed' })
})

test('LOG7 what cannot be stored fails alone; all that came with it is stored', async () => {
  const room = await testRoom(database)
  const bad = ['a \u0000', 'half a pair \ud800']
  const texts = Array.from({ length: 60 }, (_, index) => bad[index % 30] ?? `good ${index}`)
  const results = await Promise.allSettled(texts.map((text) => log.publish(room, aPost(text), 'ada')))
  for (const [index, result] of results.entries()) {
    if (bad[index % 30]) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'bad-text' } })
    else expect(result).toMatchObject({ status: 'fulfilled', value: { status: 'done' } })
  }
  expect(await log.counts(room.id)).toMatchObject({ head: { rev: 56 }, items: 56 })
})

test('LOG15 changes of one item that come together are made one after the other, in the order they came', async () => {
  const room = await testRoom(database)
  const post = aPost('0')
  const edits = Array.from({ length: 20 }, (_, index) => `${index + 1}`)
  const outcomes = await Promise.all([
    log.publish(room, post, 'ada'),
    ...edits.map((text) => log.publish(room, { type: 'edit', id: post.id, body: [text], text }, 'ada')),
  ])
  expect(outcomes.map((outcome) => (outcome as { rev: number }).rev)).toEqual([
    1,
    ...edits.map((_, index) => index + 2),
  ])
  expect(await log.item(room.id, post.id)).toMatchObject({ text: '20', rev: 21 })
})
