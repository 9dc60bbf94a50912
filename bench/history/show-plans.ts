import { type Database, openDatabase } from '../../server/src/db/database.ts'
import type { PageRequest } from '../../server/src/log/log.ts'
import { readPage } from '../../server/src/log/read-page.ts'
import type { RoomId } from '../../server/src/rooms/room.ts'
import type { FilledRoom } from './fill-rooms.ts'
import type { Variant } from './fill-variant.ts'

/** Items that are taken down in a row, to see what a page beside them costs. */
const REMOVED = 10_000
const quiet = { debug() {}, info() {}, warn: console.error, error: console.error }

/** Prints how Postgres reads pages of the large room, before and after many of its items in a row were removed. */
export async function showPlans({ name, database, postgres, rooms }: Variant): Promise<void> {
  const { sql } = database
  const large = rooms[0] as FilledRoom
  const middle = Math.floor(large.items / 2)
  const removed = Math.min(REMOVED, Math.floor(large.items / 4))
  const show = (what: string, place: Partial<PageRequest>) =>
    showPlan(database, large, `${what}, ${name}`, place)
  const [item] = await sql<{ id: string }[]>`
    SELECT id FROM items WHERE room_id = ${large.id} AND seq = ${Math.floor(large.items / 3)}`
  await show('the newest page', {})
  await show('a page in the middle', { before: middle })
  await show('a page in the middle, upwards', { after: middle })
  await show('a page around an item', { around: item?.id as string })
  await show('the last page', { before: 51 })
  // What reads for long, as a backup does, keeps alive for Postgres what was removed since it began.
  const reading = await openDatabase(postgres.url, { poolSize: 1, log: quiet, statementMs: 3_600_000 })
  await reading.sql.begin('ISOLATION LEVEL REPEATABLE READ', async (other) => {
    await other`SET LOCAL idle_in_transaction_session_timeout = 0`
    await other`SELECT count(*) FROM rooms`
    await sql`
      UPDATE items SET state = 'removed', removed_at = now()
      WHERE room_id = ${large.id} AND seq BETWEEN ${middle - removed} AND ${middle - 1}`
    for (const time of ['first', 'second'])
      await show(`below ${removed} just removed while a backup runs, for the ${time} time`, {
        before: middle,
      })
  })
  await reading.close()
  // Whoever reads first passes over what the index still names, and marks it.
  for (const time of ['first', 'second'])
    await show(`the same without a backup, read for the ${time} time`, { before: middle })
  await sql`VACUUM ANALYZE items`
  await show('the same once Postgres has tidied up', { before: middle })
}

async function showPlan(
  database: Database,
  room: FilledRoom,
  name: string,
  place: Partial<PageRequest>,
): Promise<void> {
  const { sql } = database
  const plans: string[] = []
  const explaining = (strings: TemplateStringsArray, ...values: never[]) => {
    const query = sql(strings, ...values)
    if (!strings[0]?.includes('SELECT r.epoch')) return query
    return sql<{ 'QUERY PLAN': string }[]>`EXPLAIN (ANALYZE, BUFFERS) ${query}`.then((lines) => {
      plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'))
      return [{ place: 1 }]
    })
  }
  const explained = { ...database, sql: explaining as unknown as typeof sql }
  await readPage(explained, room.id as RoomId, { view: 'reader', limit: 50, ...place })
  console.log(`\n### ${name}\n\n${plans.join('\n')}`)
}
