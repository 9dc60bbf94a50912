import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type TempFolder, tempFolder } from '../../../e2e/parts/temp-folder.ts'
import { until } from '../../../e2e/parts/until.ts'
import { testDatabase } from '../db/test-database.ts'
import { silent } from '../log/test-log.ts'
import { backupJob } from './backup-job.ts'
import { Jobs } from './jobs.ts'
import { giveTurnBack, takeTurn } from './turn.ts'

const database = await testDatabase()
const folders: TempFolder[] = []
afterAll(() => {
  for (const folder of folders) folder.remove()
})

/** A folder for backups, and the job that is due at once. */
async function dueBackup() {
  const folder = tempFolder('jobs')
  folders.push(folder)
  const set = { backupMs: 3_600_000, backupDir: folder.path, backupKeep: 2 }
  const job = backupJob(set, database.url, silent)
  if (!job) throw new Error('no job')
  await database.sql`DELETE FROM meta WHERE key = 'job:backup'`
  return { job, set, there: () => readdirSync(folder.path).sort() }
}

test('JOB1 of all that ask at once one has the turn, and the next when the time has passed', async () => {
  const ask = () => Promise.all(Array.from({ length: 8 }, () => takeTurn(database, 'one', 3_600_000)))
  expect((await ask()).filter(Boolean)).toHaveLength(1)
  expect((await ask()).filter(Boolean)).toHaveLength(0)
  await database.sql`UPDATE meta SET value = to_jsonb(now() - interval '61 min') WHERE key = 'job:one'`
  expect((await ask()).filter(Boolean)).toHaveLength(1)
  await giveTurnBack(database, 'one', 3_600_000, 0)
  expect((await ask()).filter(Boolean)).toHaveLength(1)
})

test('JOB2 a job that failed is tried again, and holds up no other', async () => {
  let [tries, others] = [0, 0]
  const failing = {
    name: 'failing',
    everyMs: 3_600_000,
    run: () => Promise.reject(new Error(`try ${++tries}`)),
  }
  const other = { name: 'other', everyMs: 3_600_000, run: async () => void others++ }
  const jobs = new Jobs(database, [failing, other], silent, 5)
  await until('the other job', () => others === 1)
  await database.sql`UPDATE meta SET value = to_jsonb(now() - interval '61 min') WHERE key = 'job:failing'`
  await until('another try', () => tries === 2)
  await jobs.close()
  expect(others).toBe(1)
})

test('JOB3 backups are made when they are due, and the newest of them are kept', async () => {
  const { job, set, there } = await dueBackup()
  const others = ['halley-2026-01-01T00-00-00Z.zst', 'halley-2026-01-02T00-00-00Z.zst', 'mine.zst']
  for (const name of others) writeFileSync(join(set.backupDir, name), '')
  const jobs = new Jobs(database, [job], silent, 5)
  await until('a backup', () => there().length === 3 && !there().includes(others[0] as string))
  await jobs.close()
  expect(there()).toEqual([others[1], expect.stringMatching(/^halley-.*Z\.zst$/), 'mine.zst'])
  expect(backupJob({ ...set, backupMs: 0 }, database.url, silent)).toBeUndefined()
})

test('JOB4 a backup that is under way when its process ends leaves no file, and is due at once', async () => {
  const { job, there } = await dueBackup()
  const jobs = new Jobs(database, [job], silent, 5)
  await jobs.close()
  expect(there()).toEqual([])
  expect(await takeTurn(database, 'backup', 3_600_000)).toBe(true)
})
