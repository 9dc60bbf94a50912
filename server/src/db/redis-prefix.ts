import { randomUUID } from 'node:crypto'
import type { Database } from './database.ts'

/** Where a database has the name of its deployment. */
export const DEPLOYMENT = 'deployment'

/** What the names of this database's nodes begin with on a Redis, which they may share with other deployments. */
export async function redisPrefix({ sql }: Database): Promise<string> {
  await sql`
    INSERT INTO meta (key, value) VALUES (${DEPLOYMENT}, to_jsonb(${randomUUID()}::text))
    ON CONFLICT DO NOTHING`
  const [row] = await sql<{ value: string }[]>`SELECT value FROM meta WHERE key = ${DEPLOYMENT}`
  return `halley:${(row as { value: string }).value}`
}
