import { randomBytes } from 'node:crypto'
import postgres from 'postgres'

export interface FreshDatabase {
  readonly url: string
  readonly sql: postgres.Sql
  drop(): Promise<void>
}

/** An empty database in the Postgres of `adminUrl`, for one test file; servers bring their tables themselves. */
export async function freshDatabase(adminUrl: string): Promise<FreshDatabase> {
  const name = `e2e_${randomBytes(6).toString('hex')}`
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name}`)
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  const sql = postgres(url.href, { max: 4, onnotice: () => {} })
  return {
    url: url.href,
    sql,
    drop: async () => {
      await sql.end({ timeout: 2 })
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end({ timeout: 2 })
    },
  }
}
