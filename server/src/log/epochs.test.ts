import { expect, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { openDatabase } from '../db/database.ts'
import { testDatabase } from '../db/test-database.ts'
import type { Room } from '../rooms/room.ts'
import { checkEpochs, renewEpochs } from './check-epochs.ts'
import { aPost, silent, testLog, testRoom } from './test-log.ts'

const database = await testDatabase()
const { log } = testLog(database)
const { sql } = database

const epochOf = async (room: Room) => (await log.counts(room.id)).head.epoch

/** As if the database had been another one at the last look. */
const pretend = (system: string) => sql`
  UPDATE meta SET value = value || jsonb_build_object('system', ${system}::text) WHERE key = 'origin'`

test('EPG1 each room has an epoch of its own, which nothing but a new life of its log changes', async () => {
  const rooms = await Promise.all([testRoom(database), testRoom(database)])
  const epochs = await Promise.all(rooms.map(epochOf))
  expect(epochs[0]).not.toBe(epochs[1])
  for (const epoch of epochs) expect(epoch).toMatch(/^[0-9a-z]{12}$/)
  expect(await checkEpochs(database)).toBe(0)
  await log.publish(rooms[0] as Room, aPost('hello'), 'ada')
  expect(await checkEpochs(database)).toBe(0)
  expect(await Promise.all(rooms.map(epochOf))).toEqual(epochs)
})

test('EPG2 a database that is another one than at the last look gives every room a new epoch, once', async () => {
  const room = await testRoom(database)
  await checkEpochs(database)
  const before = await epochOf(room)
  await pretend('4711')
  const [rooms] = await sql`SELECT count(*) AS count FROM rooms`
  const renewed = await Promise.all(Array.from({ length: 8 }, () => checkEpochs(database)))
  expect(renewed.sort()).toEqual([0, 0, 0, 0, 0, 0, 0, rooms?.count])
  expect(await epochOf(room)).not.toBe(before)
})

test('EPG3 epochs are renewed for one room, or for all', async () => {
  const [room, other] = [await testRoom(database), await testRoom(database)]
  const before = [await epochOf(room), await epochOf(other)]
  expect(await renewEpochs(database, room.id)).toBe(1)
  expect(await epochOf(room)).not.toBe(before[0])
  expect(await epochOf(other)).toBe(before[1])
  expect(await renewEpochs(database)).toBeGreaterThan(1)
  expect(await epochOf(other)).not.toBe(before[1])
})

test('EPG4 whoever has lost a connection looks again whether the database is the same', async () => {
  const room = await testRoom(database)
  await checkEpochs(database)
  const before = await epochOf(room)
  const other = await openDatabase(database.url, { poolSize: 1, log: silent })
  const node = testLog(other)
  await node.log.counts(room.id)
  await pretend('4711')
  const [me] = await other.sql`SELECT pg_backend_pid() AS pid`
  await sql`SELECT pg_terminate_backend(${me?.pid})`
  await until('a new epoch', async () => (await epochOf(room)) !== before)
  await node.log.close()
  await other.close()
})
