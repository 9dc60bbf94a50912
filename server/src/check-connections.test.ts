import { expect, test } from 'vitest'
import { startOwnPostgres } from '../../e2e/parts/postgres.ts'
import { checkConnections } from './check-connections.ts'
import { openDatabase } from './db/database.ts'
import type { Logger } from './logger.ts'

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }

test('POOL1 a node that needs more connections than Postgres has left is refused with the numbers', async () => {
  const postgres = await startOwnPostgres('max_connections=40', 'superuser_reserved_connections=3')
  const options = { poolSize: 1, log: silent }
  const others = await openDatabase(postgres.url, { ...options, poolSize: 4 })
  await Promise.all(Array.from({ length: 4 }, () => others.sql`SELECT pg_sleep(0.2)`))
  const database = await openDatabase(postgres.url, options)
  const check = (workers: number, poolSize: number, poolCheck: 'on' | 'off' = 'on') =>
    checkConnections(database, { workers, poolSize, poolCheck })
  // 40 less 3 that are reserved and 4 of others are 33, one of them for the migration.
  await check(1, 32)
  await expect(check(1, 33)).rejects.toThrow(
    'POOL_SIZE=33 and WORKERS=1 need 34 connections to Postgres (33, and 1 at the start), and 33 are free: ' +
      'max_connections is 40, 3 are reserved and others have 4.',
  )
  await check(3, 10)
  await expect(check(5, 10)).rejects.toThrow(
    'POOL_SIZE=10 and WORKERS=5 need 53 connections to Postgres (52: WORKERS=5 times POOL_SIZE=10 and 2,',
  )
  await check(5, 10, 'off')
  await others.close()
  await database.close()
  await postgres.stop()
})
