import { expect, test } from 'vitest'
import { testDatabase } from '../db/test-database.ts'
import { aPost, testLog, testRoom } from './test-log.ts'

// One connection, so that all of it runs by the plan that was made while the tables were empty.
const database = await testDatabase(1)
const { sql } = database

test('LOG23 an append that was planned on empty tables finds items by their key alone', async () => {
  const { log } = testLog(database)
  const room = await testRoom(database)
  for (let batch = 0; batch < 10; batch += 1)
    await Promise.all(Array.from({ length: 50 }, () => log.publish(room, aPost('one of many'), 'ada')))
  await sql`SELECT pg_stat_force_next_flush()`
  const read = await sql<{ index: string; scans: number }[]>`
    SELECT indexrelname AS index, idx_scan AS scans FROM pg_stat_user_indexes
    WHERE relname = 'items' AND idx_scan > 0`
  expect(read).toEqual([{ index: 'items_room_id_id_pk', scans: expect.any(Number) }])
})
