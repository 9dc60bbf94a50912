import type { Database } from './database.ts'

/** True where Postgres answers within so many milliseconds. Never rejects. */
export async function answersWithin({ sql }: Pick<Database, 'sql'>, ms: number): Promise<boolean> {
  const deadline = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => deadline.resolve(false), ms)
  const answer = sql`SELECT 1`.then(
    () => true,
    () => false,
  )
  return Promise.race([answer, deadline.promise]).finally(() => clearTimeout(timer))
}
