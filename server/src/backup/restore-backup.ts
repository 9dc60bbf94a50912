import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TransactionSql } from 'postgres'
import { openDatabase } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { MIGRATION_LOCK, MIGRATIONS_DONE, type Migration, migrations } from '../db/migrations.ts'
import { DEPLOYMENT } from '../db/redis-prefix.ts'
import { renewEpochs } from '../log/check-epochs.ts'
import type { Logger } from '../logger.ts'
import { type ArchiveEnd, ArchiveError, type ArchiveStart, type ArchiveTable } from './archive.ts'
import { ownTables } from './own-tables.ts'
import { readArchive } from './read-archive.ts'

const STATEMENT_MS = 86_400_000
/** How long servers that have just been stopped may take to be gone. */
const GONE_TRIES = 8
const GONE_PAUSE_MS = 250

type Sql = TransactionSql<{ bigint: number }>

export interface RestoreOptions {
  /** Whether what the database holds may be thrown away for it. */
  readonly replace: boolean
  /** Whether the database that was backed up goes on beside this one: their servers then share nothing on a Redis. */
  readonly asCopy?: boolean
  readonly log: Logger
}

export interface Restored {
  /** When the backup was begun, RFC 3339. */
  readonly at: string
  readonly rows: Readonly<Record<string, number>>
  /** Rooms whose readers load anew. */
  readonly renewed: number
}

/**
 * Puts a database back to what an archive says, in one transaction: where anything is wrong, everything stays as it
 * was. Each room begins a new epoch, so that nobody goes on from a position that this database does not know. Throws
 * `ArchiveError` where servers still run on it, where it holds something, and where the archive cannot be used.
 */
export async function restoreBackup(url: string, file: string, options: RestoreOptions): Promise<Restored> {
  const database = await openDatabase(url, { poolSize: 1, statementMs: STATEMENT_MS, log: options.log })
  try {
    await migrate(database)
    const restored = await database.sql.begin(async (sql) => {
      await sql`SET LOCAL idle_in_transaction_session_timeout = 0`
      await sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`
      await refuseBesideServers(sql)
      if (!options.replace) await refuseIfFilled(sql)
      const loaded = await load(sql, file)
      await sql`DELETE FROM meta WHERE key = 'origin'`
      if (options.asCopy) await sql`DELETE FROM meta WHERE key = ${DEPLOYMENT}`
      return { ...loaded, renewed: await renewEpochs({ sql }) }
    })
    for (const { name } of ownTables()) await database.sql`ANALYZE ${database.sql(name)}`
    return restored
  } finally {
    await database.close()
  }
}

async function refuseBesideServers(sql: Sql): Promise<void> {
  for (let tries = GONE_TRIES; ; tries -= 1) {
    const [row] = await sql<{ others: number }[]>`
      SELECT count(*) AS others FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = 'halley' AND pid <> pg_backend_pid()`
    if (!row?.others) return
    if (tries === 0)
      throw new ArchiveError(
        `Stop the servers of this database first: Halley has ${row.others} connections to it.`,
      )
    await sleep(GONE_PAUSE_MS)
    // Within a transaction it tells the same for ever unless it is told to look again.
    await sql`SELECT pg_stat_clear_snapshot()`
  }
}

async function refuseIfFilled(sql: Sql): Promise<void> {
  const [row] = await sql`SELECT count(*) AS sites FROM sites`
  if (row?.sites) throw new ArchiveError('The database is not empty; --replace throws away what it holds.')
}

async function load(sql: Sql, file: string): Promise<Pick<Restored, 'at' | 'rows'>> {
  let start: ArchiveStart | undefined
  let end: ArchiveEnd | undefined
  let table: OpenTable | undefined
  try {
    for await (const piece of readArchive(file)) {
      if (piece.is === 'start') {
        start = piece.start
        await makeTables(sql, start)
      } else if (piece.is === 'table') table = await openTable(sql, piece.table)
      else if (piece.is === 'rows') await table?.write(piece.rows)
      else if (piece.is === 'table-end') await table?.close()
      else end = piece.end
    }
  } catch (error) {
    table?.abort()
    throw error
  }
  if (!start || !end) throw new ArchiveError(`${file} is empty.`)
  await apply(sql, migrations().filter(isAfter(start.migration)))
  return { at: start.at, rows: end.rows }
}

const isAfter = (last: number) => (migration: Migration) => migration.when > last

/** The tables as they were when the archive was written, empty. */
async function makeTables(sql: Sql, { migration: last }: ArchiveStart): Promise<void> {
  const all = migrations()
  const [done] = await sql`SELECT max(created_at) AS last FROM ${sql.unsafe(MIGRATIONS_DONE)}`
  if (!all.some(({ when }) => when === last) || !all.some(({ when }) => when === done?.last))
    throw new ArchiveError('The backup or the database is of a newer release of Halley: use that one.')
  await dropAll(sql, all)
  await sql`DELETE FROM ${sql.unsafe(MIGRATIONS_DONE)}`
  await apply(
    sql,
    all.filter(({ when }) => when <= last),
  )
}

/** Whatever our migrations have made, and nothing else that the database may hold. */
async function dropAll(sql: Sql, all: readonly Migration[]): Promise<void> {
  const text = all.flatMap(({ statements }) => statements).join('\n')
  const made = (what: string) =>
    [...text.matchAll(new RegExp(`CREATE (?:OR REPLACE )?${what} "?(\\w+)"?`, 'g'))].map(
      ([, name]) => name as string,
    )
  for (const name of new Set(made('VIEW'))) await sql`DROP VIEW IF EXISTS ${sql(name)} CASCADE`
  for (const name of new Set([...made('TABLE'), ...ownTables().map(({ name }) => name)]))
    await sql`DROP TABLE IF EXISTS ${sql(name)} CASCADE`
  const functions = await sql<{ signature: string }[]>`
    SELECT oid::regprocedure::text AS signature FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND proname IN ${sql(made('FUNCTION'))}`
  for (const { signature } of functions) await sql.unsafe(`DROP FUNCTION ${signature} CASCADE`)
}

async function apply(sql: Sql, steps: readonly Migration[]): Promise<void> {
  for (const { statements, hash, when } of steps) {
    for (const statement of statements) await sql.unsafe(statement)
    await sql`INSERT INTO ${sql.unsafe(MIGRATIONS_DONE)} (hash, created_at) VALUES (${hash}, ${when})`
  }
}

interface OpenTable {
  write(rows: Buffer): Promise<void>
  close(): Promise<void>
  /** Without it nothing else could be said on this connection, not even that all is to be undone. */
  abort(): void
}

async function openTable(sql: Sql, { table, columns, numbers }: ArchiveTable): Promise<OpenTable> {
  const copy = sql`COPY ${sql(table)} (${sql(columns)}) FROM STDIN`
  const into: Writable = await copy.writable()
  const failed = finished(into)
  failed.catch(() => {})
  return {
    write: async (rows) => {
      if (!into.write(rows)) await Promise.race([once(into, 'drain'), failed])
    },
    abort: () => void into.destroy(new ArchiveError('the rest cannot be read')),
    close: async () => {
      into.end()
      await failed
      for (const [column, last] of Object.entries(numbers))
        if (last > 0) await sql`SELECT setval(pg_get_serial_sequence(${table}, ${column}), ${last})`
    },
  }
}
