import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from './drizzle.ts'

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('./migrations', import.meta.url))
/** Any number will do that is the same for all: whoever holds its lock migrates. */
export const MIGRATION_LOCK = 4_837_201
/** Where the migrations that were done are written down. */
export const MIGRATIONS_DONE = 'drizzle.__drizzle_migrations'

export interface Migration {
  /** Its name for all time, rising from one to the next. */
  readonly when: number
  readonly hash: string
  readonly statements: readonly string[]
}

/** The steps from an empty database to the tables of this release, the first one first. */
export function migrations(): readonly Migration[] {
  const files = readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER })
  return files.map(({ folderMillis, hash, sql }) => ({ when: folderMillis, hash, statements: sql }))
}
