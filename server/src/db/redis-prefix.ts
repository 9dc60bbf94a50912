import { randomUUID } from 'node:crypto'
import type { Database } from './database.ts'

/** What the names of this database's nodes begin with on a Redis, which they may share with other deployments. */
export async function redisPrefix({ sql }: Database): Promise<string> {
  await sql`
    INSERT INTO meta (key, value) VALUES ('deployment', to_jsonb(${randomUUID()}::text))
    ON CONFLICT DO NOTHING`
  const [row] = await sql<{ value: string }[]>`SELECT value FROM meta WHERE key = 'deployment'`
  return `halley:${(row as { value: string }).value}`
}
