import { expect, test } from 'vitest'
import { startOwnPostgres } from '../../e2e/parts/postgres.ts'
import { checkConnections, checkReplica } from './check-connections.ts'
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
  // Of its 37 others have 4, and we the one that is asking beside it.
  const replica = (workers: number, poolSize: number) =>
    checkReplica(postgres.url, { workers, poolSize, poolCheck: 'on' }, silent)
  await replica(2, 16)
  await expect(replica(3, 11)).rejects.toThrow(
    'POOL_SIZE=11 and WORKERS=3 need 33 connections to the replica of DATABASE_READ_URL, and 32 are free',
  )
  await checkReplica('postgres://127.0.0.1:1/nobody', { workers: 3, poolSize: 11, poolCheck: 'on' }, silent)
  await others.close()
  await database.close()
  await postgres.stop()
})
