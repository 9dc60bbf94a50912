import { fileURLToPath } from 'node:url'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import { type Database, openDatabase } from './database.ts'

const FOLDER = fileURLToPath(new URL('./migrations', import.meta.url))
/** Any number will do that is the same for all: whoever holds its lock migrates. */
const MIGRATION_LOCK = 4_837_201
const MIGRATION_MS = 600_000
const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** Brings the tables up to date. Processes that start together do it one after another, so that it is done once. */
export async function migrate(database: Database): Promise<void> {
  const single = await openDatabase(database.url, { poolSize: 1, log: silent, statementMs: MIGRATION_MS })
  try {
    await single.sql`SELECT pg_advisory_lock(${MIGRATION_LOCK})`
    await applyMigrations(single.db, { migrationsFolder: FOLDER })
  } finally {
    // Ends the session, and its lock.
    await single.close()
  }
}
