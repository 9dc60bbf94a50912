import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { atEnd } from '../../../e2e/parts/at-end.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** A new, migrated database for one test file, or one test: it is dropped after where it was called. */
export async function testDatabase(poolSize = 10): Promise<Database> {
  const server = inject('databaseUrl')
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await asSuperuser(server, (sql) => sql`CREATE DATABASE ${sql(name)}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const database = await openDatabase(url.href, { poolSize, log: silent })
  atEnd(async () => {
    await database.close()
    await asSuperuser(server, (sql) => sql`DROP DATABASE ${sql(name)} WITH (FORCE)`)
  })
  await migrate(database)
  return database
}

async function asSuperuser(url: string, act: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await act(sql)
  } finally {
    await sql.end()
  }
}
