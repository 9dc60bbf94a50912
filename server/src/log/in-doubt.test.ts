import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { openDatabase } from '../db/database.ts'
import { testDatabase } from '../db/test-database.ts'
import { openLog } from './open-log.ts'
import { aPost, silent, testRoom } from './test-log.ts'

/** What `check_epochs` takes first. */
const EPOCHS_LOCK = 4837202

test('EPG5 nothing is appended between a lost connection and the answer whether the database is the same', async () => {
  const keeper = await testDatabase(2)
  const database = await openDatabase(keeper.url, { poolSize: 2, log: silent })
  const log = openLog({ database, bus: { publish() {} }, log: silent })
  onTestFinished(async () => {
    await log.close()
    await database.close()
  })
  const room = await testRoom(database)
  await log.publish(room, aPost('before'), 'ada')
  const looking = await keeper.sql.reserve()
  await looking`SELECT pg_advisory_lock(${EPOCHS_LOCK})`
  const lost = new Promise<void>((resolve) => database.onLost(resolve))
  const [mine] = await looking<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`
  await looking`
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'halley' AND pid <> ${mine?.pid ?? 0}`
  await lost
  const events: string[] = []
  const posting = log.publish(room, aPost('after'), 'ada').then(({ status }) => events.push(status))
  await until('the look to wait', async () => {
    const [row] = await looking<{ count: number }[]>`
      SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`
    return row?.count
  })
  // Of the two connections the look has one: what else was asked for before these has its answer after them.
  for (let n = 0; n < 20; n += 1) await database.sql`SELECT 1`
  events.push('looked')
  await looking`SELECT pg_advisory_unlock(${EPOCHS_LOCK})`
  await posting
  looking.release()
  expect(events).toEqual(['looked', 'done'])
})
