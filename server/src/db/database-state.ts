import type { Database } from './database.ts'

/** `read-only`: it answers and takes no writes, as a demoted primary, or one whose provider saw its disk fill up. */
export type DatabaseState = 'up' | 'read-only' | 'down'

/** How Postgres is, as far as it says so within so many milliseconds. Never rejects. */
export async function databaseState({ sql }: Pick<Database, 'sql'>, ms: number): Promise<DatabaseState> {
  const deadline = Promise.withResolvers<DatabaseState>()
  const timer = setTimeout(() => deadline.resolve('down'), ms)
  // On in a standby, too.
  const asked = sql<{ off: boolean }[]>`SELECT current_setting('transaction_read_only') = 'off' AS off`
  const answer = asked.then(
    ([row]): DatabaseState => (row?.off ? 'up' : 'read-only'),
    (): DatabaseState => 'down',
  )
  return Promise.race([answer, deadline.promise]).finally(() => clearTimeout(timer))
}
