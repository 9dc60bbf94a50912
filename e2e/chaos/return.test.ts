import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { Child } from '../parts/child.ts'
import { halley } from '../parts/command-line.ts'
import { until } from '../parts/until.ts'
import type { CrowdReport } from './crowd.ts'
import { Evening } from './evening.ts'
import type { StageNode } from './stage.ts'
import { SteadyPosts } from './steady-posts.ts'
import { digestOf } from './swift-reader.ts'

/** Readers over all; each process of the crowd and each worker may have 20,000 open files. */
const READERS = Number(process.env.RETURN_READERS ?? 20_000)
const CROWDS = 2
const ROOMS = 40
/** Over which those who lost their node come back. */
const WINDOW_MS = 8000
const POSTS_A_SECOND = 10
const BEFORE_MS = 3000
/** Of a node. */
const WORKERS = 2
const CROWD = fileURLToPath(new URL('crowd.ts', import.meta.url))

let evening: Evening | undefined
const crowds: Child[] = []

afterEach(async ({ task }) => {
  await Promise.all(crowds.splice(0).map((crowd) => crowd.end('SIGTERM')))
  await evening?.clear(task.result?.state === 'fail')
  evening = undefined
})

/** The last whole line that each crowd has said. */
function reports(): CrowdReport[] {
  return crowds.flatMap((crowd) => {
    if (!crowd.running) throw new Error(`a crowd has ended: ${crowd.output.slice(-2000)}`)
    const line = crowd.output.slice(0, crowd.output.lastIndexOf('\n')).split('\n').at(-1)
    return line ? [JSON.parse(line) as CrowdReport] : []
  })
}

const sum = (of: (report: CrowdReport) => number): number =>
  reports().reduce((total, report) => total + of(report), 0)

async function makeRooms({ nodes, stage: { sql } }: Evening): Promise<string[]> {
  await halley((nodes[0] as StageNode).server, 'site', 'create', 'crowd')
  await sql`
    INSERT INTO rooms (site_id, slug, title, epoch, posting)
    SELECT id, 'room-' || n, 'A room', new_epoch(), 'guests' FROM sites, generate_series(1, ${ROOMS}::int) n
    WHERE slug = 'crowd'`
  return Array.from({ length: ROOMS }, (_, n) => `crowd/room-${n + 1}`)
}

/** How often the database was asked since it was last forgotten: for changes of a room, and for rooms' heads. */
async function asked({ stage: { sql } }: Evening): Promise<{ changes: number; heads: number }> {
  const [row] = await sql<{ changes: number; heads: number }[]>`
    SELECT coalesce(sum(calls) FILTER (WHERE query LIKE '%FROM changes c%'), 0)::int AS changes,
      coalesce(sum(calls) FILTER (WHERE query LIKE 'SELECT id, epoch, rev FROM rooms%'), 0)::int AS heads
    FROM pg_stat_statements`
  return row as { changes: number; heads: number }
}

async function stored({ stage: { sql } }: Evening, room: string): Promise<string> {
  const rows = await sql<{ rev: number; item: string }[]>`
    SELECT c.rev::float8 AS rev, c.item_id AS item FROM changes c JOIN rooms r ON r.id = c.room_id
    JOIN sites s ON s.id = r.site_id WHERE s.slug || '/' || r.slug = ${room} ORDER BY c.rev`
  return `${rows.length}:${rows.reduce((digest, { item }) => digestOf(item, digest), 0)}`
}

test('CHAOS5 all readers of a node that dies come back to another one at once, and do not go to the database for it', async () => {
  evening = await Evening.begin({
    nodes: [{ env: { WORKERS: `${WORKERS}` } }, { env: { WORKERS: `${WORKERS}` } }],
    postgresOptions: ['shared_preload_libraries=pg_stat_statements'],
    pauseMs: 500,
  })
  const [dying, other] = evening.nodes as [StageNode, StageNode]
  const { sql } = evening.stage
  await sql`CREATE EXTENSION pg_stat_statements`
  const rooms = await makeRooms(evening)
  for (let n = 0; n < CROWDS; n += 1) {
    const args = [CROWD, `127.0.${n + 1}`, `${dying.server.port}`, `${other.server.port}`]
    const more = [`${Math.floor(READERS / CROWDS)}`, `${WINDOW_MS}`, ...rooms]
    crowds.push(new Child(process.execPath, [...args, ...more], 'SIGTERM'))
  }
  await until('the crowd to be there', () => sum(({ here }) => here) >= READERS, 120)
  const enough = new AbortController()
  const posts = new SteadyPosts(other.server.url)
  const posting = posts.postUntil(enough.signal, rooms, POSTS_A_SECOND)
  await sleep(BEFORE_MS)
  // The count could find what it looks for: rooms that were opened had their windows read.
  expect((await asked(evening)).changes, 'reads of changes before').toBeGreaterThan(0)
  await sql`SELECT pg_stat_statements_reset()`
  await evening.fault(
    `kill -9 of a node with ${READERS} readers`,
    () => dying.server.kill(),
    () => sum(({ lost }) => lost) >= READERS,
  )
  await until('the crowd to be back', () => sum(({ returned }) => returned) >= READERS, 120)
  const reads = await asked(evening)
  enough.abort()
  await posting
  for (const room of rooms) {
    const state = await stored(evening, room)
    await until(`all of ${room} to be at ${state}`, () =>
      reports().every(({ states }) => states[room]?.join() === state),
    )
  }
  const times = reports()
    .flatMap(({ catchUps }) => catchUps)
    .sort((a, b) => a - b)
  const at = (share: number): string => (times[Math.floor(times.length * share)] as number).toFixed(0)
  console.log(
    `  ${READERS} readers of ${ROOMS} rooms back within ${(Math.max(...reports().map(({ took }) => took)) / 1000).toFixed(1)} s; ` +
      `from connecting to caught up: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms; ${sum(({ again }) => again)} tries made again; ` +
      `the database was asked ${reads.changes} × for changes and ${reads.heads} × for heads`,
  )
  expect(reports().flatMap(({ complaints }) => complaints)).toEqual([])
  expect(posts.failures).toEqual([])
  expect(reads.changes, 'reads of changes').toBeLessThanOrEqual(ROOMS + 1)
  expect(reads.heads, 'reads of heads').toBeGreaterThan(0)
  expect(
    sum(({ lost }) => lost),
    'who lost a connection, each once',
  ).toBe(READERS)
  await dying.server.start()
  await evening.goesOn('everybody after the node is back')
  await evening.end()
})
