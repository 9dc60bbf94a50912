import { randomUUID } from 'node:crypto'
import { expect, inject, test } from 'vitest'
import { atEnd } from '../../../e2e/parts/at-end.ts'
import { TcpProxy } from '../../../e2e/parts/tcp-proxy.ts'
import { until } from '../../../e2e/parts/until.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { testDatabase } from '../db/test-database.ts'
import { Rooms } from '../rooms/rooms.ts'
import { aPost, silent, testLog, testRoom } from './test-log.ts'

const direct = await testDatabase()

/** Rooms that are held are waited for so long: a test that is held up itself must not find that over. */
const STALL_MS = 4000

/** A database behind a stretch of network that can break. */
async function behindProxy(poolSize = 5): Promise<{ proxy: TcpProxy; database: Database }> {
  const proxy = await TcpProxy.to(Number(new URL(inject('databaseUrl')).port))
  const url = new URL(direct.url)
  url.port = String(proxy.port)
  const database = await openDatabase(url.href, { poolSize, log: silent })
  atEnd(async () => {
    await database.close()
    await proxy.close()
  })
  return { proxy, database }
}

/** Keeps the room from everybody else until `release`. */
async function hold(room: number): Promise<{ release: () => Promise<void> }> {
  const connection = await direct.sql.reserve()
  await connection`SET idle_in_transaction_session_timeout = 0`
  await connection`BEGIN`
  await connection`SELECT FROM rooms WHERE id = ${room} FOR UPDATE`
  return {
    release: async () => {
      await connection`ROLLBACK`
      connection.release()
    },
  }
}

const waiting = () => direct.sql`SELECT FROM pg_stat_activity
  WHERE wait_event_type = 'Lock' AND query LIKE '%append_changes%' AND datname = current_database()`

test('LOG13 an append whose connection is lost is of unknown outcome, and the same post again settles it', async () => {
  const { proxy, database } = await behindProxy()
  const { log } = testLog(database, STALL_MS)
  const room = await testRoom(direct)
  const post = aPost('hello')
  const held = await hold(room.id)
  const lost = log.publish(room, post, 'ada')
  const told = expect(lost).rejects.toMatchObject({ code: 'outcome-unknown' })
  await until('the append to be under way', async () => (await waiting()).length > 0)
  proxy.cut()
  await told
  await held.release()
  expect(await log.publish(room, post, 'ada')).toMatchObject({ item: { text: 'hello', seq: 1 } })
  expect(await log.counts(room.id)).toMatchObject({ head: { rev: 1 }, items: 1 })
})

test('LOG13 an append that could not be sent, and a read, are unavailable; both work again by themselves', async () => {
  const { proxy, database } = await behindProxy()
  const { log } = testLog(database)
  const room = await testRoom(direct)
  await proxy.close()
  // The first may meet a connection that is just breaking.
  await log.publish(room, aPost('hello'), 'ada').catch(() => {})
  await expect(log.publish(room, aPost('hello'), 'ada')).rejects.toMatchObject({ code: 'unavailable' })
  await expect(log.counts(room.id)).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1 })
})

test('DB2 a Postgres that has stopped to answer is given up, and its connections too', async () => {
  // One connection: what comes after needs another in its place.
  const { proxy, database } = await behindProxy(1)
  const { log } = testLog(database)
  const room = await testRoom(direct)
  await log.publish(room, aPost('before'), 'ada')
  proxy.delayMs = 3_600_000
  const [write, read] = await Promise.allSettled([
    log.publish(room, aPost('during'), 'ada'),
    log.counts(room.id),
  ])
  expect(write).toMatchObject({ status: 'rejected', reason: { code: 'outcome-unknown' } })
  expect(read).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } })
  proxy.delayMs = 0
  expect(await log.publish(room, aPost('after'), 'ada')).toMatchObject({ status: 'done' })
})

test('DB10 reads that wait for a database are bounded, and more is refused at once', async () => {
  const { log } = testLog(direct)
  const room = await testRoom(direct)
  // What is asked once for all who want it is bounded by itself.
  await Promise.all(Array.from({ length: 3000 }, () => log.counts(room.id)))
  const lock = await direct.sql.reserve()
  await lock`BEGIN`
  await lock`LOCK TABLE items IN ACCESS EXCLUSIVE MODE`
  const ask = () => log.item(room.id, randomUUID())
  const waiting = Array.from({ length: 2000 }, ask)
  await expect(ask()).rejects.toMatchObject({ code: 'unavailable', retryAfter: 1 })
  await lock`ROLLBACK`
  lock.release()
  await Promise.all(waiting)
  expect(await ask()).toBeUndefined()
})

test('LOG18 a room that another holds delays no other room, and is unavailable in the end', async () => {
  const { log } = testLog(direct, STALL_MS)
  const [held, free] = [await testRoom(direct), await testRoom(direct)]
  const lock = await hold(held.id)
  const stuck = expect(log.publish(held, aPost('stuck'), 'ada')).rejects.toMatchObject({
    code: 'unavailable',
  })
  let ended = false
  const end = stuck.finally(() => {
    ended = true
  })
  await until('it to wait', async () => (await waiting()).length > 0)
  expect(await log.publish(free, aPost('free'), 'ada')).toMatchObject({ status: 'done' })
  expect(ended).toBe(false)
  await end
  await lock.release()
  expect(await log.publish(held, aPost('free again'), 'ada')).toMatchObject({ status: 'done', rev: 1 })
})

test('LOG18 what waited for a room is written once the room is free, in its order', async () => {
  const { log, news } = testLog(direct, STALL_MS)
  const room = await testRoom(direct)
  const lock = await hold(room.id)
  const posts = Array.from({ length: 5 }, (_, index) => log.publish(room, aPost(`${index}`), 'ada'))
  await until('it to wait', async () => (await waiting()).length > 0)
  await lock.release()
  const outcomes = await Promise.all(posts)
  expect(outcomes.map((outcome) => (outcome as { rev: number }).rev)).toEqual([1, 2, 3, 4, 5])
  expect(news.flatMap(({ changes }) => changes.map(({ rev }) => rev))).toEqual([1, 2, 3, 4, 5])
})

test('LOG20 a log that closes answers what it has taken and refuses what is new', async () => {
  const { log } = testLog(direct)
  const room = await testRoom(direct)
  const posts = Array.from({ length: 50 }, (_, index) => log.publish(room, aPost(`${index}`), 'ada'))
  let answered = 0
  for (const post of posts) void post.then(() => (answered += 1))
  const closed = log.close()
  await expect(log.publish(room, aPost('late'), 'ada')).rejects.toMatchObject({ code: 'draining' })
  await closed
  expect((await Promise.all(posts)).every(({ status }) => status === 'done')).toBe(true)
  expect(answered).toBe(50)
})

test('ROOM4 while the database is away rooms are as they last were, and unavailable where that is not known', async () => {
  const { proxy, database } = await behindProxy()
  let now = 0
  const rooms = new Rooms(database, () => now)
  const room = await testRoom(direct)
  const { slug } = room.site
  expect(await rooms.find(slug, 'room')).toEqual(room)
  await proxy.close()
  now = 2_001
  expect(await rooms.find(slug, 'room')).toEqual(room)
  await expect(rooms.find(slug, 'other')).rejects.toMatchObject({ code: 'unavailable' })
})
