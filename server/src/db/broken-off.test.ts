import { expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { testDatabase } from './test-database.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const { url } = await testDatabase()

test('DB8 a result that broke off, by an error or with its connection, leaves nothing to the next one', async () => {
  const { sql, close } = await openDatabase(url, { poolSize: 1, log: silent })
  await expect(sql`SELECT 1 / (3 - n) AS n FROM generate_series(1, 9) AS n`).rejects.toThrow('zero')
  expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }])
  await expect(sql`SELECT pg_terminate_backend(pg_backend_pid())`).rejects.toThrow()
  expect(await sql`SELECT 2 AS two`).toEqual([{ two: 2 }])
  await close()
})
