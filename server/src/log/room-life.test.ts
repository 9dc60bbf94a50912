import type { Change } from '@halley/shared'
import { expect, test } from 'vitest'
import { testDatabase } from '../db/test-database.ts'
import type { Outcome } from './outcome.ts'
import { aPost, testLog, testRoom } from './test-log.ts'

const database = await testDatabase()
const { log, news } = testLog(database)
const { sql } = database

const done = (outcome: Outcome) => {
  if (outcome.status !== 'done') throw new Error(`it was not done: ${outcome.status}`)
  return { rev: outcome.rev, seq: outcome.item?.seq, state: outcome.item?.state }
}
const told = (json: string | null | undefined) => (json ? (JSON.parse(json) as Change) : null)

test('LOG2 a room lives as the design tells it, and who returns gets each item once and as it is now', async () => {
  const room = await testRoom(database)
  const [a, b, c] = [aPost('a'), aPost('b'), aPost('c', { held: true })]
  expect(done(await log.publish(room, a, 'ada'))).toEqual({ rev: 1, seq: 1, state: 'live' })
  expect(done(await log.publish(room, b, 'ben'))).toEqual({ rev: 2, seq: 2, state: 'live' })
  expect(done(await log.publish(room, c, 'cy'))).toEqual({ rev: 3, seq: null, state: 'held' })
  const edit = { type: 'edit', id: a.id, body: ['a, edited'], text: 'a, edited' } as const
  expect(done(await log.publish(room, edit, 'mod'))).toEqual({ rev: 4, seq: 1, state: 'live' })
  expect(done(await log.publish(room, { type: 'release', id: c.id }, 'mod'))).toEqual({
    rev: 5,
    seq: 5,
    state: 'live',
  })
  expect(done(await log.publish(room, { type: 'remove', id: b.id }, 'mod'))).toEqual({
    rev: 6,
    seq: 2,
    state: 'removed',
  })

  const read = await log.changesSince(room.id, 2, 1000)
  expect(read).toMatchObject({ after: 2, to: 6, head: 6 })
  expect(read.changes.map(({ rev, item, readers }) => ({ rev, item, told: told(readers) }))).toEqual([
    {
      rev: 4,
      item: a.id,
      told: { rev: 4, type: 'edited', item: expect.objectContaining({ seq: 1, text: 'a, edited' }) },
    },
    {
      rev: 5,
      item: c.id,
      told: { rev: 5, type: 'posted', item: expect.objectContaining({ seq: 5, text: 'c' }) },
    },
    {
      rev: 6,
      item: b.id,
      told: { rev: 6, type: 'removed', item: { id: b.id, seq: 2, rev: 6, removed: true } },
    },
  ])
  expect(await log.counts(room.id)).toMatchObject({ head: { rev: 6 }, items: 2, altered: 6 })
})

test('LOG9 what was committed is announced once for each room, in the order of revs, with both views', async () => {
  const room = await testRoom(database)
  news.length = 0
  const posts = Array.from({ length: 50 }, (_, index) => aPost(`number ${index}`))
  await Promise.all(posts.map((post) => log.publish(room, post, 'ada')))
  const ours = news.filter((one) => one.room === room.id)
  expect(ours.length).toBeLessThan(10)
  let at = 0
  for (const { after, to, changes } of ours) {
    expect(after).toBe(at)
    expect(changes.map(({ rev }) => rev)).toEqual(
      Array.from({ length: to - after }, (_, index) => after + 1 + index),
    )
    at = to
  }
  expect(at).toBe(50)
  const change = ours[0]?.changes[0]
  expect(told(change?.readers)).toEqual(told(change?.staff))
  const read = await log.changesSince(room.id, 0, 1000)
  expect(read.changes).toEqual(ours.flatMap(({ changes }) => changes))
})

test('LOG10 readers are told nothing of what is held before it was public, and only that it is gone after', async () => {
  const room = await testRoom(database)
  const post = aPost('for the moderators', { held: true })
  news.length = 0
  await log.publish(room, post, 'ada')
  await log.publish(
    room,
    { type: 'edit', id: post.id, body: ['still waiting'], text: 'still waiting' },
    'mod',
  )
  await log.publish(room, { type: 'release', id: post.id }, 'mod')
  await log.publish(room, { type: 'hold', id: post.id }, 'mod')
  await log.publish(room, { type: 'release', id: post.id }, 'mod')
  const changes = news.flatMap((one) => one.changes)
  expect(changes.map(({ readers }) => told(readers)?.type ?? null)).toEqual([
    null,
    null,
    'posted',
    'removed',
    'restored',
  ])
  expect(told(changes[3]?.readers)?.item).toEqual({ id: post.id, seq: 3, rev: 4, removed: true })
  expect(told(changes[4]?.readers)?.item).toMatchObject({ seq: 3, rev: 5, text: 'still waiting' })
  expect(changes.map(({ staff }) => told(staff)?.type)).toEqual([
    'held',
    'edited',
    'released',
    'held',
    'released',
  ])
  expect(told(changes[0]?.staff)?.item).toMatchObject({ seq: null, held: true, text: 'for the moderators' })
})

test('LOG8 a removed text is kept for staff alone and comes back, in its place, as it last was', async () => {
  const room = await testRoom(database)
  const post = aPost('first words')
  await log.publish(room, post, 'ada')
  await log.publish(room, { type: 'edit', id: post.id, body: ['second words'], text: 'second words' }, 'ada')
  await log.publish(room, { type: 'pin', id: post.id }, 'mod')
  await log.publish(room, { type: 'remove', id: post.id, reason: 'spam' }, 'mod')

  const [row] = await sql`SELECT body, text FROM items WHERE room_id = ${room.id}`
  expect(row).toEqual({ body: null, text: null })
  const kept = await sql`SELECT rev, text FROM versions WHERE room_id = ${room.id} ORDER BY rev`
  expect([...kept]).toEqual([
    { rev: 1, text: 'first words' },
    { rev: 3, text: 'second words' },
  ])
  const read = await log.changesSince(room.id, 0, 1000)
  expect(read.changes.map(({ readers }) => readers).join()).not.toContain('words')
  expect(told(read.changes[0]?.staff)?.item).toMatchObject({
    text: 'second words',
    removedAt: expect.any(String),
  })

  const restored = await log.publish(room, { type: 'restore', id: post.id }, 'mod')
  expect(restored).toMatchObject({ status: 'done', item: { seq: 1, text: 'second words', state: 'live' } })
  expect((restored as { item: { pinnedAt: string | null } }).item.pinnedAt).not.toBeNull()
  expect([...(await sql`SELECT rev FROM versions WHERE room_id = ${room.id}`)]).toEqual([{ rev: 1 }])
  const [audit] = await sql`SELECT by, reason FROM changes WHERE room_id = ${room.id} AND type = 'removed'`
  expect(audit).toEqual({ by: 'mod', reason: 'spam' })
})

test('LOG8 what was held when it was removed is held when it is restored', async () => {
  const room = await testRoom(database)
  const post = aPost('waiting', { held: true })
  await log.publish(room, post, 'ada')
  await log.publish(room, { type: 'remove', id: post.id }, 'mod')
  const restored = await log.publish(room, { type: 'restore', id: post.id }, 'mod')
  expect(restored).toMatchObject({ status: 'done', item: { seq: null, state: 'held', text: 'waiting' } })
  expect((await log.counts(room.id)).items).toBe(0)
})

test('LOG16 a change of the room itself is told with the room as it is now, and what follows is judged by it', async () => {
  const room = await testRoom(database)
  const [before, close, after] = await Promise.all([
    log.publish(room, aPost('before'), 'ada'),
    log.publish(room, { type: 'room', state: 'closed', title: 'Over' }, 'owner'),
    log.publish(room, aPost('after'), 'ada'),
  ])
  expect([before.status, close.status, after.status]).toEqual(['done', 'done', 'room-closed'])
  await log.publish(room, { type: 'room', posting: 'guests' }, 'owner')
  const read = await log.changesSince(room.id, 1, 1000)
  expect(read.changes.map(({ item, readers }) => ({ item, told: told(readers) }))).toEqual([
    {
      item: null,
      told: { rev: 3, type: 'room', room: { title: 'Over', state: 'closed', posting: 'guests' } },
    },
  ])
})

test('LOG17 what a position has missed is read in parts, each item in the part of its last change', async () => {
  const room = await testRoom(database)
  const posts = Array.from({ length: 10 }, (_, index) => aPost(`number ${index}`))
  for (const post of posts) await log.publish(room, post, 'ada')
  await log.publish(room, { type: 'pin', id: (posts[2] as { id: string }).id }, 'mod')
  const first = await log.changesSince(room.id, 0, 6)
  expect(first).toMatchObject({ after: 0, to: 6, head: 11 })
  expect(first.changes.map(({ rev }) => rev)).toEqual([1, 2, 4, 5, 6])
  const rest = await log.changesSince(room.id, 6, 1000)
  expect(rest.changes.map(({ rev }) => rev)).toEqual([7, 8, 9, 10, 11])
  expect(await log.changesSince(room.id, 11, 10)).toMatchObject({ after: 11, to: 11, head: 11, changes: [] })
  expect(await log.changesSince(room.id, 99, 10)).toMatchObject({ after: 99, head: 11, changes: [] })
})
