import { createRequire } from 'node:module'

/*
 * All that is used of Drizzle. It is loaded as CommonJS: Node reads a package's 179 KB package.json again for each of
 * the 423 ES modules in it, which was half of the time that every process needed to start.
 */

const load = createRequire(import.meta.url)

export const { and, desc, eq, inArray, is, isNull, sql }: typeof import('drizzle-orm') = load('drizzle-orm')

export const {
  bigint,
  boolean,
  customType,
  getTableConfig,
  index,
  jsonb,
  PgTable,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
}: typeof import('drizzle-orm/pg-core') = load('drizzle-orm/pg-core')

export const { drizzle }: typeof import('drizzle-orm/postgres-js') = load('drizzle-orm/postgres-js')
export const { migrate: applyMigrations }: typeof import('drizzle-orm/postgres-js/migrator') = load(
  'drizzle-orm/postgres-js/migrator',
)
export const { readMigrationFiles }: typeof import('drizzle-orm/migrator') = load('drizzle-orm/migrator')

export type { PgTable as AnyTable } from 'drizzle-orm/pg-core'
export type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
