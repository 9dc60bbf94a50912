import type { Database } from '../../server/src/db/database.ts'
import { readPage } from '../../server/src/log/read-page.ts'
import type { RoomId } from '../../server/src/rooms/room.ts'
import type { FilledRoom } from './fill-rooms.ts'

/** Items that are taken down in a row, to see what a page beside them costs. */
const REMOVED = 10_000

/** Prints how Postgres reads pages of the large room, before and after many of its items in a row were removed. */
export async function showPlans(database: Database, large: FilledRoom): Promise<void> {
  const middle = Math.floor(large.items / 2)
  const removed = Math.min(REMOVED, Math.floor(large.items / 4))
  await showPlan(database, large, 'the newest page', {})
  await showPlan(database, large, 'a page in the middle', { before: middle })
  await showPlan(database, large, 'the last page', { before: 51 })
  await database.sql`
    UPDATE items SET state = 'removed', removed_at = now()
    WHERE room_id = ${large.id} AND seq BETWEEN ${middle - removed} AND ${middle - 1}`
  // Whoever reads first passes over what the index still names, and marks it.
  for (const time of ['first', 'second'])
    await showPlan(database, large, `the page below ${removed} just removed, read for the ${time} time`, {
      before: middle,
    })
  await database.sql`VACUUM ANALYZE items`
  await showPlan(database, large, 'the same once Postgres has tidied up', { before: middle })
}

async function showPlan(
  database: Database,
  room: FilledRoom,
  name: string,
  place: { readonly before?: number },
): Promise<void> {
  const { sql } = database
  const plans: string[] = []
  const explaining = (strings: TemplateStringsArray, ...values: never[]) => {
    const query = sql(strings, ...values)
    if (!strings[0]?.includes('SELECT r.epoch')) return query
    return sql<{ 'QUERY PLAN': string }[]>`EXPLAIN (ANALYZE, BUFFERS) ${query}`.then((lines) => {
      plans.push(lines.map((line) => line['QUERY PLAN']).join('\n'))
      return [{}]
    })
  }
  const explained = { ...database, sql: explaining as unknown as typeof sql }
  await readPage(explained, room.id as RoomId, { view: 'reader', limit: 50, ...place })
  console.log(`\n### ${name}\n\n${plans.join('\n')}`)
}
