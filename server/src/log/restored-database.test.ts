import { appendFileSync, chownSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../e2e/parts/temp-folder.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts'
import { migrate } from '../db/migrate.ts'
import { checkEpochs } from './check-epochs.ts'
import { aPost, silent, testLog, testRoom } from './test-log.ts'

const dataDir = join(tempFolder('restored').path, 'data')

async function inDatabase<T>(act: (database: Database) => Promise<T>): Promise<T> {
  const own = await startEmbeddedPostgres({ dataDir, log: silent })
  const database = await openDatabase(own.url, { poolSize: 2, log: silent })
  try {
    await migrate(database)
    return await act(database)
  } finally {
    await database.close()
    await own.stop()
  }
}

test('EPG2 a cluster that was recovered writes another history, so its rooms begin anew', async () => {
  const before = await inDatabase(async (database) => {
    await checkEpochs(database)
    const room = await testRoom(database)
    const { log } = testLog(database)
    await log.publish(room, aPost('hello'), 'ada')
    return { room, head: (await log.counts(room.id)).head }
  })
  // As after a restore to a point in time: Postgres replays what is there and begins a new timeline.
  const cluster = realpathSync(join(dataDir, 'postgres'))
  // Without hot_standby it lets nobody in before it has done with that.
  appendFileSync(join(cluster, 'postgresql.auto.conf'), "restore_command = 'false'\nhot_standby = off\n")
  const signal = join(cluster, 'recovery.signal')
  writeFileSync(signal, '')
  const { uid, gid } = statSync(cluster)
  chownSync(signal, uid, gid)
  await inDatabase(async (database) => {
    const { log } = testLog(database)
    expect(await checkEpochs(database)).toBe(1)
    const { head } = await log.counts(before.room.id)
    expect(head.rev).toBe(before.head.rev)
    expect(head.epoch).not.toBe(before.head.epoch)
    expect(await checkEpochs(database)).toBe(0)
  })
})
