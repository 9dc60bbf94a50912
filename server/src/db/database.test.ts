import postgres from 'postgres'
import { expect, inject, test } from 'vitest'
import { TcpProxy } from '../../../e2e/parts/tcp-proxy.ts'
import { until } from '../../../e2e/parts/until.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'
import { testDatabase } from './test-database.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const database = await testDatabase()

test('DB1 processes that start together bring the tables up to date once', async () => {
  const admin = postgres(inject('databaseUrl'), { max: 1, onnotice: () => {} })
  const name = `together_${Date.now()}`
  await admin`CREATE DATABASE ${admin(name)}`
  const url = new URL(database.url)
  url.pathname = `/${name}`
  const nodes = await Promise.all(
    Array.from({ length: 4 }, () => openDatabase(url.href, { poolSize: 1, log: silent })),
  )
  const { sql } = nodes[0] as Database
  try {
    await Promise.all(nodes.map((node) => migrate(node)))
    const tables = await sql`SELECT FROM pg_tables WHERE schemaname = 'public'`
    expect(tables).toHaveLength(8)
    const applied =
      await sql`SELECT count(*) AS count, count(DISTINCT hash) AS hashes FROM drizzle.__drizzle_migrations`
    expect(applied[0]?.count).toBe(applied[0]?.hashes)
  } finally {
    for (const node of nodes) await node.close()
    await admin`DROP DATABASE ${admin(name)} WITH (FORCE)`
    await admin.end()
  }
})

test('DB3 a database that would lose what was acknowledged is warned of, by the setting', async () => {
  const warnings: unknown[] = []
  const log = { ...silent, warn: (...words: unknown[]) => void warnings.push(words.join(' ')) }
  const one = await openDatabase(database.url, { poolSize: 1, log })
  expect(warnings).toEqual([])
  await one.close()
  const [row] = await database.sql`SELECT current_database() AS name`
  await database.sql`ALTER DATABASE ${database.sql(row?.name)} SET synchronous_commit = off`
  const other = await openDatabase(database.url, { poolSize: 1, log })
  await other.close()
  expect(warnings).toEqual([expect.stringContaining('synchronous_commit=off')])
})

test('DB4 statements and transactions that take too long are ended by Postgres', async () => {
  const [row] = await database.sql`SELECT current_setting('statement_timeout') AS statement,
    current_setting('idle_in_transaction_session_timeout') AS idle`
  expect(row).toEqual({ statement: '5s', idle: '2s' })
})

test('DB5 a database that cannot be reached is an error at once', async () => {
  await expect(
    openDatabase('postgres://nobody@127.0.0.1:1/none', { poolSize: 1, log: silent }),
  ).rejects.toThrow('ECONNREFUSED')
})

test('DB6 whatever is asked while connections break is answered', async () => {
  const there = new URL(database.url)
  const proxy = await TcpProxy.to(Number(there.port))
  there.port = String(proxy.port)
  const far = await openDatabase(there.href, { poolSize: 4, log: silent })
  let open = 0
  const ask = async () => {
    open += 1
    await far.sql`SELECT`.catch(() => {})
    open -= 1
  }
  far.onLost(() => void ask())
  try {
    for (let round = 0; round < 20; round += 1) {
      await until('all connections', async () => {
        await Promise.all([1, 2, 3, 4].map(() => far.sql`SELECT pg_sleep(0.01)`))
        return proxy.open >= 4
      })
      proxy.cut()
      await until('answers', () => open === 0)
    }
  } finally {
    await far.close()
    await proxy.close()
  }
})

test('DB7 nothing of a transaction whose connection has ended runs outside of it', async () => {
  const far = await openDatabase(database.url, { poolSize: 1, log: silent })
  let lost = 0
  far.onLost(() => {
    lost += 1
  })
  await database.sql`CREATE TABLE left_over (n int)`
  try {
    for (const meanwhile of ['nothing', 'the connection serves others']) {
      const transaction = far.sql.begin(async (sql) => {
        const before = lost
        const [row] = await sql<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`
        await database.sql`SELECT pg_terminate_backend(${row?.pid as number})`
        await until('the end of the connection', () => lost > before)
        if (meanwhile !== 'nothing') await far.sql`SELECT`
        await sql`INSERT INTO left_over VALUES (1)`
      })
      await expect(transaction, meanwhile).rejects.toThrow(/CONNECTION_CLOSED|terminating connection/)
      await until('another connection', () => far.sql`SELECT`)
    }
    expect(await database.sql`SELECT FROM left_over`).toHaveLength(0)
  } finally {
    await far.close()
  }
})
