import { expect, test } from 'vitest'
import { collectGarbage } from '../../../e2e/parts/collect-garbage.ts'
import { openDatabase } from './database.ts'
import { testDatabase } from './test-database.ts'

const MB = 2 ** 20

test('DB11 rows that nobody holds are gone once the young generation was collected', async () => {
  const { url } = await testDatabase()
  const silent = { debug() {}, info() {}, warn() {}, error() {} }
  const { sql, close } = await openDatabase(url, { poolSize: 1, log: silent })
  const read = () => sql`SELECT repeat(md5(n::text), 20) AS text FROM generate_series(1, 200) AS n`
  await read()
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  // Some 30 MB, and what is old by now is not looked at below.
  let rows = 0
  for (let round = 0; round < 200; round += 1) rows += (await read()).length
  collectGarbage({ type: 'minor' })
  collectGarbage({ type: 'minor' })
  const after = process.memoryUsage().heapUsed
  expect(rows).toBe(40_000)
  expect((after - before) / MB).toBeLessThan(4)
  await close()
})
