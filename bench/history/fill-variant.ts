import { tempFolder } from '../../e2e/parts/temp-folder.ts'
import { type Database, openDatabase } from '../../server/src/db/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/src/db/embedded-postgres.ts'
import { migrate } from '../../server/src/db/migrate.ts'
import { type FilledRoom, fillRooms } from './fill-rooms.ts'
import { partitionItems } from './partition-items.ts'

/** A Postgres of its own, full of items that stand in one table or in several. */
export interface Variant {
  readonly name: string
  readonly folder: string
  readonly postgres: EmbeddedPostgres
  readonly database: Database
  readonly rooms: readonly FilledRoom[]
  /** And removes what was written. */
  close(): Promise<void>
}

const quiet = { debug() {}, info() {}, warn: console.error, error: console.error }

export async function fillVariant(
  partitions: number,
  size: { readonly rooms: number; readonly items: number },
): Promise<Variant> {
  const name = partitions === 0 ? 'one table' : `${partitions} partitions`
  const log = (text: string): void =>
    console.error(`  ${new Date().toISOString().slice(11, 19)} ${name}: ${text}`)
  const folder = tempFolder('history')
  const postgres = await startEmbeddedPostgres({ dataDir: `${folder.path}/data`, log: quiet })
  const database = await openDatabase(postgres.url, { poolSize: 1, log: quiet, statementMs: 3_600_000 })
  const close = async () => {
    await database.close()
    await postgres.stop()
    folder.remove()
  }
  try {
    await migrate(database)
    if (partitions > 0) await partitionItems(database, partitions)
    await database.sql`ALTER SYSTEM SET max_wal_size = '8GB'`
    await database.sql`ALTER SYSTEM SET maintenance_work_mem = '512MB'`
    await database.sql`SELECT pg_reload_conf()`
    const rooms = await fillRooms(database, { ...size, log })
    return { name, folder: folder.path, postgres, database, rooms, close }
  } catch (error) {
    await close()
    throw error
  }
}
