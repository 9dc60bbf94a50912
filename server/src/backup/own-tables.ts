import { type AnyTable, getTableConfig, is, PgTable } from '../db/drizzle.ts'
import * as schema from '../db/tables.ts'

export interface OwnTable {
  readonly name: string
  readonly columns: readonly string[]
  /** Columns that number themselves. */
  readonly numbered: readonly string[]
}

/** Our tables, each after those that it refers to. */
export function ownTables(): readonly OwnTable[] {
  const placed = new Map<string, OwnTable>()
  const place = (table: AnyTable) => {
    const { name, columns, foreignKeys } = getTableConfig(table)
    if (placed.has(name)) return
    for (const key of foreignKeys) {
      const other = key.reference().foreignTable
      if (other !== table) place(other)
    }
    const numbered = columns.filter((column) => column.generatedIdentity).map((column) => column.name)
    const stored = columns.filter((column) => !column.generated).map((column) => column.name)
    placed.set(name, { name, columns: stored, numbered })
  }
  for (const table of Object.values(schema)) if (is(table, PgTable)) place(table)
  return [...placed.values()]
}
