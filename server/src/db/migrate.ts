import { type Database, openDatabase } from './database.ts'
import { applyMigrations } from './drizzle.ts'
import { MIGRATION_LOCK, MIGRATIONS_FOLDER } from './migrations.ts'

const MIGRATION_MS = 600_000
const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** Brings the tables up to date. Processes that start together do it one after another, so that it is done once. */
export async function migrate(database: Database): Promise<void> {
  const single = await openDatabase(database.url, { poolSize: 1, log: silent, statementMs: MIGRATION_MS })
  try {
    await single.sql`SELECT pg_advisory_lock(${MIGRATION_LOCK})`
    await applyMigrations(single.db, { migrationsFolder: MIGRATIONS_FOLDER })
  } finally {
    // Ends the session, and its lock.
    await single.close()
  }
}
