import { deepEqual, equal, ok } from 'node:assert/strict'
import type postgres from 'postgres'
import { type StoredRoom, storedRoom } from '../parts/stored-room.ts'
import { until } from '../parts/until.ts'
import type { Evening } from './evening.ts'
import type { People, PlacedWriter } from './people.ts'

/** Of what should not be there. */
const MOST_NAMED = 20

/** What the database says of a room when nobody writes any more. */
interface Account extends StoredRoom {
  /** Of all items, whatever became of them. */
  readonly ids: ReadonlySet<string>
}

/**
 * Demands, when nobody writes any more:
 * each `200`, `201` and `202` is stored once, and nothing else; revs are without holes; what was taken down is down;
 * each reader holds the room as the database does, in content and order, and was told each item once and in order;
 * no reader's witness has a complaint, nobody was refused without cause, and no answer begun after a removal had what
 * was removed: of each way of asking there is one that could have.
 */
export async function finalAccount(sql: postgres.Sql, room: string, people: People): Promise<Account> {
  equal(people.broke, undefined, `somebody stopped working: ${people.broke}`)
  isNone(people.moderator.complaints, 'what the moderator was refused')
  isNone(people.prober.complaints, 'answers begun after a removal')
  for (const [way, answers] of Object.entries(people.prober.answers))
    ok(answers > 0, `no answer (${way}) could have had something removed`)
  const account = await stored(sql, room, people)
  const truth = account.items.map(({ id, seq, rev, text }) => ({ id, seq, rev, text }))
  for (const { reader, witness } of people.readers) {
    const { known, name } = reader
    await until(
      `${name} to reach ${account.rev}; at ${known.rev} after ${String(reader.problem)}`,
      () => known.rev >= account.rev,
    )
    const held = known.items().map(({ id, seq, rev, text }) => ({ id, seq, rev, text }))
    deepEqual(held, truth, `${name} holds another room than the database`)
    const repeats = known.told.filter((seq, n, all) => n > 0 && seq <= (all[n - 1] as number))
    isNone(repeats, `${name} was told these seqs again or late`)
    witness.checkSightings()
    isNone(witness.complaints, name)
  }
  return account
}

/** Whoever posts one thing after the other finds them in the room in that order. */
export async function expectInOrder(
  { people, place, stage }: Evening,
  writers: readonly PlacedWriter[] = people.writers,
): Promise<void> {
  const { items } = await storedRoom(stage.sql, place.room)
  const seqs = new Map(items.map(({ id, seq }) => [id, seq]))
  for (const { writer } of writers) {
    const own = writer.accepted.flatMap(({ id }) => seqs.get(id) ?? [])
    deepEqual(
      own,
      own.toSorted((a, b) => a - b),
      'one writer’s items stand in another order',
    )
  }
}

function isNone(found: readonly unknown[], what: string): void {
  ok(found.length === 0, `${what}: ${JSON.stringify(found.slice(0, MOST_NAMED))} of ${found.length}`)
}

async function stored(sql: postgres.Sql, room: string, people: People): Promise<Account> {
  const accepted = people.writers.flatMap(({ writer }) => writer.accepted)
  const rows = await until('everything that was accepted to be in the database', async () => {
    const found = await rowsOf(sql, room)
    return found.length >= accepted.length ? found : undefined
  })
  const ids = new Set(rows.map(({ id }) => id))
  isNone(
    accepted.filter(({ id }) => !ids.has(id)),
    'acknowledged and gone',
  )
  equal(new Set(accepted.map(({ id }) => id)).size, rows.length, 'other items than what was accepted')
  isNone(
    rows.filter(({ posted }) => posted !== 1),
    'stored more than once',
  )
  const down = rows.filter(({ state }) => state === 'removed').map(({ id }) => id)
  deepEqual(down.sort(), [...people.removals.byId.keys()].sort(), 'other items are down than were removed')
  const result = await storedRoom(sql, room)
  const [revs] = await sql<{ count: number; most: number }[]>`
    select count(*)::int as count, max(rev)::int as most from changes
    where room_id = ${rows[0]?.roomId ?? 0}`
  deepEqual([revs?.count, revs?.most], [result.rev, result.rev], 'revs with holes')
  return { ...result, ids }
}

interface Row {
  readonly id: string
  readonly roomId: number
  readonly state: string
  /** How often it was posted. */
  readonly posted: number
}

async function rowsOf(sql: postgres.Sql, address: string): Promise<Row[]> {
  const [site, slug] = address.split('/') as [string, string]
  return sql<Row[]>`
    select items.id::text, items.room_id::int as "roomId", items.state, count(changes.rev)::int as posted
    from sites
    join rooms on rooms.site_id = sites.id and rooms.slug = ${slug}
    join items on items.room_id = rooms.id
    left join changes
      on changes.room_id = items.room_id and changes.item_id = items.id and changes.type = 'posted'
    where sites.slug = ${site}
    group by items.room_id, items.id`
}
