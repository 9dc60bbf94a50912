import { type Database, openDatabase } from '../../server/src/db/database.ts'
import type { PageRequest } from '../../server/src/log/log.ts'
import { readPage } from '../../server/src/log/read-page.ts'
import type { RoomId } from '../../server/src/rooms/room.ts'
import type { FilledRoom } from './fill-rooms.ts'
import type { Variant } from './fill-variant.ts'

/** Items that are taken down in a row, to see what a page beside them costs. */
const REMOVED = 10_000
const LIMIT = 50
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
  const twice = async (what: string, before: number) => {
    for (const time of ['first', 'second']) await show(`${what}, read for the ${time} time`, { before })
  }
  // Whoever reads first passes over what the index still names, and marks it.
  await removeBelow(database, large, middle, removed)
  await twice(`below ${removed} just removed`, middle)
  // What reads for long, as a backup does, keeps alive for Postgres what was removed since it began.
  const lower = middle - removed - LIMIT
  const reading = await openDatabase(postgres.url, { poolSize: 1, log: quiet, statementMs: 3_600_000 })
  await reading.sql.begin('ISOLATION LEVEL REPEATABLE READ', async (other) => {
    await other`SET LOCAL idle_in_transaction_session_timeout = 0`
    await other`SELECT count(*) FROM rooms`
    await removeBelow(database, large, lower, removed)
    await twice(`below ${removed} more while a backup runs`, lower)
  })
  await reading.close()
  // Only who writes learns that nobody needs what was removed before.
  await sql`UPDATE rooms SET title = title WHERE id = ${large.id}`
  await twice('the same after the backup and a write', lower)
}

const removeBelow = ({ sql }: Database, room: FilledRoom, seq: number, count: number) => sql`
  UPDATE items SET state = 'removed', removed_at = now()
  WHERE room_id = ${room.id} AND seq BETWEEN ${seq - count} AND ${seq - 1}`

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
  await readPage(explained, room.id as RoomId, { view: 'reader', limit: LIMIT, ...place })
  console.log(`\n### ${name}\n\n${plans.join('\n')}`)
}
