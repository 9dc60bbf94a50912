import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdCompress } from 'node:zlib'
import type { TransactionSql } from 'postgres'
import { openDatabase } from '../db/database.ts'
import { MIGRATIONS_DONE } from '../db/migrations.ts'
import type { Logger } from '../logger.ts'
import {
  ARCHIVE_VERSION,
  type ArchiveEnd,
  type ArchiveStart,
  type ArchiveTable,
  END_OF_ROWS,
} from './archive.ts'
import { type OwnTable, ownTables } from './own-tables.ts'

/** A table may take long; nothing that serves waits for it. */
const STATEMENT_MS = 86_400_000
const NEWLINE = 10

type Sql = TransactionSql<{ bigint: number }>

export interface WrittenBackup {
  readonly file: string
  /** Of the file. */
  readonly bytes: number
  readonly rows: Readonly<Record<string, number>>
}

/**
 * Writes all that a database holds, as of one moment, into an archive that only its owner may read, beside whatever
 * goes on. The file has its name only once it is whole and on disk; memory stays bounded.
 */
export async function writeBackup(
  url: string,
  file: string,
  log: Logger,
  signal?: AbortSignal,
): Promise<WrittenBackup> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const partial = `${file}.${process.pid}.partial`
  const database = await openDatabase(url, { poolSize: 1, statementMs: STATEMENT_MS, log })
  try {
    const rows = await database.sql.begin('ISOLATION LEVEL REPEATABLE READ READ ONLY', async (sql) => {
      await sql`SET LOCAL idle_in_transaction_session_timeout = 0`
      const rows: Record<string, number> = {}
      const lines = Readable.from(archive(sql, rows), { objectMode: false })
      await pipeline(lines, createZstdCompress(), createWriteStream(partial, { mode: 0o600 }), {
        ...(signal && { signal }),
      })
      return rows
    })
    await onDisk(partial)
    await rename(partial, file)
    await onDisk(dirname(file))
    return { file, bytes: (await stat(file)).size, rows }
  } finally {
    await database.close()
    await rm(partial, { force: true })
  }
}

async function onDisk(path: string): Promise<void> {
  const handle = await open(path)
  await handle.sync().finally(() => handle.close())
}

async function* archive(sql: Sql, rows: Record<string, number>): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of contents(sql, rows)) {
    hash.update(chunk)
    yield chunk
  }
  yield line({ end: true, rows, sha256: hash.digest('hex') } satisfies ArchiveEnd)
}

async function* contents(sql: Sql, rows: Record<string, number>): AsyncGenerator<Buffer> {
  const [now] = await sql<{ at: string; migration: number }[]>`
    SELECT now() AS at, max(created_at) AS migration FROM ${sql.unsafe(MIGRATIONS_DONE)}`
  if (!now) throw new Error('no migration was done')
  const { migration } = now
  const start = {
    halley: 'backup',
    version: ARCHIVE_VERSION,
    at: new Date(now.at).toISOString(),
    migration,
  } as const
  yield line(start satisfies ArchiveStart)
  for (const table of ownTables()) {
    const { name, columns } = table
    yield line({ table: name, columns, numbers: await numbersOf(sql, table) } satisfies ArchiveTable)
    rows[name] = 0
    for await (const chunk of copiedOut(sql, table)) {
      rows[name] += linesIn(chunk)
      yield chunk
    }
    yield END_OF_ROWS
  }
}

async function* copiedOut(sql: Sql, { name, columns }: OwnTable): AsyncGenerator<Buffer> {
  const copy = await sql`COPY (SELECT ${sql(columns)} FROM ${sql(name)}) TO STDOUT`.readable()
  yield* copy
  // postgres.js lets the socket go on when it is asked for more, which nobody does of a stream that has ended.
  copy._read(0)
}

async function numbersOf(sql: Sql, { name, numbered }: OwnTable): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {}
  for (const column of numbered) {
    const [sequence] = await sql`SELECT pg_get_serial_sequence(${name}, ${column}) AS name`
    const [row] = await sql.unsafe(
      `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM ${sequence?.name}`,
    )
    numbers[column] = row?.last as number
  }
  return numbers
}

const line = (value: object): Buffer => Buffer.from(`${JSON.stringify(value)}\n`)

function linesIn(chunk: Buffer): number {
  let count = 0
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count += 1
  return count
}
