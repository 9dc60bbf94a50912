import { expect, onTestFinished, test } from 'vitest'
import { startOwnPostgres, startReplica } from '../../../e2e/parts/postgres.ts'
import { until } from '../../../e2e/parts/until.ts'
import { openDatabase, openReplica } from '../db/database.ts'
import { databaseState } from '../db/database-state.ts'
import { migrate } from '../db/migrate.ts'
import { checkEpochs } from './check-epochs.ts'
import { openLog } from './open-log.ts'
import { aPost, silent, testRoom } from './test-log.ts'

test('EPG4 who has come to a standby looks until it is promoted, and writes nothing before', async () => {
  const primary = await startOwnPostgres()
  onTestFinished(() => primary.stop())
  const first = await openDatabase(primary.url, { poolSize: 2, log: silent })
  await migrate(first)
  await checkEpochs(first)
  const room = await testRoom(first)
  const standby = await startReplica(primary.url)
  onTestFinished(() => standby.stop())
  await first.close()
  await primary.kill()

  const database = openReplica(standby.url, { poolSize: 2, log: silent })
  onTestFinished(() => database.close())
  const said: unknown[] = []
  const note = (...line: unknown[]) => void said.push(line)
  const log = openLog({ database, bus: { publish() {} }, log: { ...silent, warn: note, error: note } })
  onTestFinished(() => log.close())
  const before = await log.counts(room.id)
  expect(await databaseState(database, 5000)).toBe('read-only')
  await expect(log.publish(room, aPost('too early'), 'ada')).rejects.toMatchObject({ code: 'unavailable' })
  said.length = 0
  const operator = openReplica(standby.url, { poolSize: 1, log: silent })
  onTestFinished(() => operator.close())
  await operator.sql`
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE pid <> pg_backend_pid() AND application_name = 'halley'`
  await until('it to have looked', () => JSON.stringify(said).includes('another one'))

  await until('a promotion', async () => (await operator.sql`SELECT pg_promote()`).length > 0)
  await until('a new epoch', async () => (await log.counts(room.id)).head.epoch !== before.head.epoch, 20)
  expect(await databaseState(database, 5000)).toBe('up')
  expect(await log.publish(room, aPost('in time'), 'ada')).toMatchObject({ item: { seq: 1 } })
})
