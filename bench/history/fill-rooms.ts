import type { Database } from '../../server/src/db/database.ts'

export interface FilledRoom {
  readonly id: number
  readonly address: string
  readonly epoch: string
  readonly items: number
}

/** Rows of one statement. */
const CHUNK = 500_000
const SAYINGS = 997
const WORDS =
  'the of and a to in is it you that he was for on are with as I his they be at one have this from or had by hot but some what there we can out other were all your when up use word how said an each she which do their time if will way about many then them would write like so these her long make thing see him two has look more day could go come did my sound no most number who over know water than call first people may down side been now find any new work part take get place made live where after back little only round man year came show every good me give our under name very through just form much great think say help low line before turn cause same mean differ move right boy old too does tell sentence set three want air well also play small end put home read hand port large spell add even land here must big high such follow act why ask men change went light kind off need house picture try us again animal point mother world near build self earth father'.split(
    ' ',
  )

/** What people say: words in no order, always the same, of 300 characters. */
function sayings(): string[] {
  let state = 1
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647
    return state
  }
  const words = Array.from({ length: 40_000 }, () => WORDS[next() % WORDS.length]).join(' ')
  return Array.from({ length: SAYINGS }, (_, n) => words.slice(n * 120, n * 120 + 300))
}

/**
 * So many rooms of one site, the first with a tenth of all items, the others with as many each as are left. Items
 * stand in the table in the order in which they would have come, room after room in turn, so that a page's rows lie in
 * as many places as they do in life. Indexes are made afterwards, which is faster.
 */
export async function fillRooms(
  { sql }: Database,
  { rooms, items, log }: { rooms: number; items: number; log: (text: string) => void },
): Promise<FilledRoom[]> {
  const [site] = await sql<{ id: number }[]>`INSERT INTO sites (slug) VALUES ('bench') RETURNING id`
  const each = Math.floor((items * 0.9) / (rooms - 1))
  const large = Math.ceil((each * (rooms - 1)) / 9)
  await sql`
    INSERT INTO rooms (site_id, slug, title, epoch, posting, rev, item_count)
    SELECT ${site?.id as number}, 'room-' || n, 'A room', new_epoch(), 'guests', c, c
    FROM generate_series(1, ${rooms}::int) n, LATERAL (SELECT CASE n WHEN 1 THEN ${large}::int ELSE ${each}::int END c)`
  const filled = await sql<{ id: number; address: string; epoch: string; items: number }[]>`
    SELECT id, 'bench/' || slug AS address, epoch, rev AS items FROM rooms ORDER BY id`
  await sql`
    CREATE TEMP TABLE said AS
    SELECT (n - 1)::int AS n, t AS words, jsonb_build_object('name', 'Reader ' || n) AS author,
      'guest:' || md5(n::text) AS poster,
      jsonb_build_array(jsonb_build_object('type', 'paragraph', 'children', jsonb_build_array(t))) AS body
    FROM unnest(${sayings()}::text[]) WITH ORDINALITY AS s (t, n)`
  await sql`ANALYZE said`
  const remade = await dropIndexes({ sql })
  const total = large * 10
  for (let from = 0; from < total; from += CHUNK) {
    await insertItems(
      { sql },
      { from, to: Math.min(from + CHUNK, total), rooms, each, first: filled[0]?.id as number },
    )
    log(`${Math.min(from + CHUNK, total)} items`)
  }
  for (const statement of remade) {
    await sql.unsafe(statement)
    log(statement.slice(0, 60))
  }
  await sql`VACUUM ANALYZE items`
  await sql`ANALYZE rooms`
  await sql`CHECKPOINT`
  return filled
}

/** Returns the statements that make them again. */
async function dropIndexes({ sql }: Pick<Database, 'sql'>): Promise<string[]> {
  const indexes = await sql<{ name: string; makes: string }[]>`
    SELECT indexname AS name, indexdef AS makes FROM pg_indexes
    WHERE tablename = 'items' AND indexname <> 'items_room_id_id_pk'`
  for (const { name } of indexes) await sql.unsafe(`DROP INDEX ${name}`)
  await sql`ALTER TABLE items DROP CONSTRAINT items_room_id_id_pk`
  return [
    'ALTER TABLE items ADD CONSTRAINT items_room_id_id_pk PRIMARY KEY (room_id, id)',
    ...indexes.map(({ makes }) => makes.replace(' ON ONLY ', ' ON ')),
  ]
}

/** Every tenth item is the large room's; the others go round. */
async function insertItems(
  { sql }: Pick<Database, 'sql'>,
  { from, to, rooms, each, first }: { from: number; to: number; rooms: number; each: number; first: number },
): Promise<void> {
  const small = rooms - 1
  await sql`
    INSERT INTO items (room_id, id, seq, rev, kind, state, author, poster, hash, body, "text", posted_at)
    SELECT room, gen_random_uuid(), seq, seq, 'post', 'live', author, poster, md5(p.n::text), body, words,
      '2026-01-01'::timestamptz + p.n * interval '1 second'
    FROM (
      SELECT n, CASE n % 10 WHEN 0 THEN ${first}::bigint ELSE ${first}::bigint + 1 + m % ${small}::int END AS room,
        CASE n % 10 WHEN 0 THEN n / 10 + 1 ELSE m / ${small}::int + 1 END AS seq
      FROM (
        SELECT n, n / 10 * 9 + n % 10 - 1 AS m FROM generate_series(${from}::bigint, ${to - 1}::bigint) n OFFSET 0
      ) numbered OFFSET 0
    ) p JOIN said ON said.n = p.n % ${SAYINGS}::int
    WHERE p.n % 10 = 0 OR p.seq <= ${each}::int`
}
