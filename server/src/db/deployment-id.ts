import { randomUUID } from 'node:crypto'
import type { Database } from './database.ts'

/** What all nodes of one database call themselves towards others that share a Redis with them. */
export async function deploymentId({ sql }: Database): Promise<string> {
  await sql`
    INSERT INTO meta (key, value) VALUES ('deployment', to_jsonb(${randomUUID()}::text))
    ON CONFLICT DO NOTHING`
  const [row] = await sql<{ value: string }[]>`SELECT value FROM meta WHERE key = 'deployment'`
  return (row as { value: string }).value
}
