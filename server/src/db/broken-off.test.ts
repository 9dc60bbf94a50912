import { finished } from 'node:stream/promises'
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

test('DB9 an error that comes after the last row of a COPY is told to whoever wrote the rows', async () => {
  const { sql, close } = await openDatabase(url, { poolSize: 1, log: silent })
  await sql`CREATE TABLE numbers (n integer)`
  const copied = sql.begin(async (inside) => {
    const rows = await inside`COPY numbers FROM STDIN`.writable()
    const told = finished(rows)
    rows.end('1\nnone\n')
    await told
  })
  await expect(copied).rejects.toThrow('invalid input syntax')
  expect(await sql`SELECT count(*) AS rows FROM numbers`).toEqual([{ rows: 0 }])
  await close()
})
