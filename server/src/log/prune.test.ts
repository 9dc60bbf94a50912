import { expect, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { loadConfig } from '../config.ts'
import { pruneJob } from '../jobs/prune-job.ts'
import type { Room } from '../rooms/room.ts'
import { testApp } from '../test-app.ts'
import { prune } from './prune.ts'
import { aPost } from './test-log.ts'

const { app, database, log, ...make } = await testApp()
const { sql } = database
const DAY_MS = 86_400_000

const post = async (room: Room, text = 'hello') => {
  const sent = aPost(text)
  await log.publish(room, sent, 'ada')
  return sent.id
}
const aRoom = async () => make.room(await make.site(), { posting: 'guests' })
const aged = (room: Room, rev: number) =>
  sql`UPDATE changes SET at = at - interval '40 days' WHERE room_id = ${room.id} AND rev <= ${rev}`
const left = async (room: Room) => {
  const [row] = await sql`
    SELECT array_to_string(array_agg(rev ORDER BY rev), ' ') AS revs, (SELECT floor FROM rooms WHERE id = ${room.id}) AS floor
    FROM changes WHERE room_id = ${room.id}`
  return row
}
const poll = async (room: Room, epoch: string, rev: number) =>
  (await app.inject(`/v1/poll?room=${room.address}@${epoch}:${rev}&wait=0`)).json().frames

test('PRUNE1 old changes go with the texts that they replaced, and items and what is newer stay', async () => {
  const room = await aRoom()
  const [edited, removed, late] = [
    await post(room, 'one'),
    await post(room, 'two'),
    await post(room, 'three'),
  ]
  const body = aPost('uno').body
  await log.publish(room, { type: 'edit', id: edited, body, text: 'uno' }, 'eve')
  await log.publish(room, { type: 'remove', id: removed }, 'eve')
  await log.publish(room, { type: 'remove', id: late }, 'eve')
  await log.publish(room, { type: 'edit', id: edited, body: aPost('eins').body, text: 'eins' }, 'eve')
  await aged(room, 5)
  const before = await log.page(room.id, { view: 'staff', limit: 50 })
  expect(await prune(database, 30 * DAY_MS)).toBe(5)
  expect(await left(room)).toEqual({ revs: '6 7', floor: 5 })
  expect(await log.page(room.id, { view: 'staff', limit: 50 })).toEqual({
    ...(before as object),
    items: expect.any(Array),
  })
  const versions = await sql`SELECT text FROM versions WHERE room_id = ${room.id} ORDER BY text`
  expect(versions.map(({ text }) => text)).toEqual(['three', 'uno'])
  expect((await log.publish(room, { type: 'restore', id: removed }, 'eve')).status).toBe('item-removed')
  expect((await log.publish(room, { type: 'restore', id: late }, 'eve')).status).toBe('done')
  expect(await prune(database, 30 * DAY_MS)).toBe(0)
})

test('PRUNE2 a position below what is kept is reset, and one from there on goes on', async () => {
  const room = await aRoom()
  for (let n = 1; n <= 8; n += 1) await post(room, String(n))
  await aged(room, 5)
  await prune(database, 30 * DAY_MS)
  const { epoch } = (await log.counts(room.id)).head
  for (const rev of [0, 4])
    expect(await poll(room, epoch, rev)).toMatchObject([{ type: 'reset', reason: 'too-far' }])
  for (const rev of [5, 6]) {
    const [joined] = await poll(room, epoch, rev)
    expect(joined).toMatchObject({ type: 'joined', after: rev, position: `${epoch}:8` })
    expect(joined.changes).toHaveLength(8 - rev)
  }
})

test('PRUNE3 who reads while changes are deleted gets all after the rev that is told', async () => {
  const room = await aRoom()
  let going = true
  const writing = async () => {
    while (going) await Promise.all(Array.from({ length: 10 }, () => post(room)))
  }
  const pruning = async () => {
    while (going) await prune(database, 50)
  }
  const work = [writing(), pruning()]
  await until('a thousand changes', async () => (await log.counts(room.id)).head.rev > 1000)
  // Else what is planned for empty tables may be kept for a minute, until Postgres looks at them by itself.
  await sql`ANALYZE`
  let [cut, whole] = [0, 0]
  const look = async () => {
    const { rev } = (await log.counts(room.id)).head
    const since = Math.max(0, rev - Math.round(Math.random() * 300))
    const read = await log.changesSince(room.id, since, 1000)
    expect(read.changes.map((change) => change.rev)).toEqual(
      Array.from({ length: read.to - read.after }, (_, n) => read.after + n + 1),
    )
    if (read.after > since) cut += 1
    else if (read.changes.length > 0) whole += 1
  }
  await until('reads of both sorts', async () => {
    for (let n = 0; n < 10; n += 1) await look()
    return cut > 15 && whole > 15
  })
  going = false
  await Promise.all(work)
})

test('PRUNE4 what was broken off is finished by the next', async () => {
  const room = await aRoom()
  for (let n = 1; n <= 4; n += 1) await post(room)
  await aged(room, 3)
  await sql`UPDATE rooms SET floor = 3 WHERE id = ${room.id}`
  expect(await prune(database, 30 * DAY_MS)).toBe(3)
  expect(await left(room)).toEqual({ revs: '4', floor: 3 })
})

test('PRUNE6 unless a retention is set, everything is kept', async () => {
  expect(pruneJob(loadConfig({}), database)).toBeUndefined()
  const job = pruneJob(loadConfig({ RETENTION_DAYS: '30' }), database)
  const room = await aRoom()
  await post(room)
  await aged(room, 1)
  await job?.run(new AbortController().signal)
  expect(await left(room)).toEqual({ revs: null, floor: 1 })
})
