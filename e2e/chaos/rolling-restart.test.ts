import { writeFileSync } from 'node:fs'
import type { ItemsPage } from '@halley/shared'
import postgres from 'postgres'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { ROOT } from '../../bin/root.ts'
import { makeRoom, type TestRoom } from '../parts/command-line.ts'
import { Nginx } from '../parts/nginx.ts'
import { type OwnPostgres, startOwnPostgres } from '../parts/postgres.ts'
import { type Redis, startRedis } from '../parts/redis.ts'
import { redisProgram } from '../parts/redis-program.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { storedRoom } from '../parts/stored-room.ts'
import { type TempFolder, tempFolder } from '../parts/temp-folder.ts'
import { until } from '../parts/until.ts'
import { finalAccount } from './final-account.ts'
import { nextVersion } from './next-version.ts'
import { People } from './people.ts'
import { bySecond, type Reconnects, reconnectsChart } from './reconnects-chart.ts'
import { builtScripts, ScriptAsker } from './script-asker.ts'
import { SteadyPosts } from './steady-posts.ts'
import { digestOf, Notes, SwiftReader } from './swift-reader.ts'

/** Of all readers: 1 is 40 rooms of 125 and one of 5,000. */
const SCALE = Number(process.env.ROLLING_SCALE ?? 0.1)
/** Seconds over which a node sends its readers away. */
const WINDOW = Number(process.env.ROLLING_WINDOW ?? 10)
const ROOMS = 40
const READERS = Math.round(125 * SCALE)
const CROWD = Math.round(5000 * SCALE)
const POSTS_A_SECOND = 200
const CROWD_POSTS_A_SECOND = 5
/** A file for a picture of who joined again when. */
const CHART = process.env.ROLLING_CHART
const runs: Reconnects[] = []

afterAll(() => {
  if (CHART && runs.length > 0) writeFileSync(CHART, reconnectsChart(runs))
})

let own: OwnPostgres
let redis: Redis
let nodes: ServerProcess[]
let nginx: Nginx
let sql: postgres.Sql
let folder: TempFolder

beforeEach(async () => {
  own = await startOwnPostgres()
  redis = await startRedis(await redisProgram())
  folder = tempFolder('next-version')
  sql = postgres(own.url, { max: 2, onnotice: () => {} })
  const env = {
    LIMIT_CONNECTIONS_ADDRESS: '1000000',
    TRUST_PROXY: '127.0.0.1',
    DRAIN_DELAY: '1',
    DRAIN_WINDOW: `${WINDOW}`,
  }
  const settings = { databaseUrl: own.url, redisUrl: redis.url, env }
  nodes = []
  for (let n = 0; n < 3; n += 1) nodes.push(await ServerProcess.start(settings))
  nginx = await Nginx.before(nodes.map(({ port }) => port))
})

afterEach(async ({ task }) => {
  await nginx?.stop()
  await Promise.all(nodes.map((node) => node.kill()))
  for (const node of nodes) await node.remove(task.result?.state === 'fail')
  await sql?.end({ timeout: 2 })
  await redis?.stop()
  await own?.stop()
  folder?.remove()
})

/** A room, and rooms beside it, past the server. */
async function makeRooms(count: number): Promise<{ place: TestRoom; rooms: string[] }> {
  const place = await makeRoom(nodes[0] as ServerProcess)
  const { room } = place
  const [site, slug] = room.split('/') as [string, string]
  await sql`
    insert into rooms (site_id, slug, title, posting, epoch)
    select site_id, slug || n, title, posting, epoch || n from rooms, generate_series(1, ${count}) n
    where slug = ${slug} and site_id = (select id from sites where slug = ${site})`
  return { place, rooms: Array.from({ length: count }, (_, n) => `${room}${n + 1}`) }
}

interface Follower {
  readonly room: string
  readonly reader: SwiftReader
}

async function follow(room: string, count: number, notes: Notes): Promise<Follower[]> {
  const page = (await (await fetch(`${nginx.url}/v1/rooms/${room}/items`)).json()) as ItemsPage
  const readers = Array.from({ length: count }, () => new SwiftReader(nginx.url, room, notes))
  for (let n = 0; n < count; n += 100)
    await Promise.all(readers.slice(n, n + 100).map((reader) => reader.begin(page)))
  return readers.map((reader) => ({ room, reader }))
}

/** Readers and writers go on while `replace` has been called for each node between its end and its start. */
async function rollingRestart(title: string, replace: (node: ServerProcess) => void): Promise<void> {
  const notes = new Notes()
  const { place, rooms: made } = await makeRooms(ROOMS + 1)
  const [crowded, ...rooms] = made as [string, ...string[]]
  const followers = await follow(crowded, CROWD, notes)
  for (const room of rooms) followers.push(...(await follow(room, READERS, notes)))
  const people = new People([{ server: nginx, settings: {} }], { pauseMs: 250, place })
  const posts = new SteadyPosts(nginx.url)
  const scripts = new ScriptAsker(nginx.url)
  const enough = new AbortController()
  const { signal } = enough
  const working = Promise.all([
    posts.postUntil(signal, rooms, POSTS_A_SECOND),
    posts.postUntil(signal, [crowded], CROWD_POSTS_A_SECOND),
    scripts.askUntil(signal, builtScripts(ROOT)),
  ])
  const began = performance.now()
  const used = process.cpuUsage()
  const goOn = async (): Promise<void> => {
    const before = posts.accepted.length
    await until('posts to go on', () => posts.accepted.length > before + POSTS_A_SECOND)
  }
  const spreads: number[] = []
  try {
    for (const node of nodes) {
      await goOn()
      const before = notes.sentAway.length
      expect(await node.end('SIGTERM', WINDOW + 60)).toBe(0)
      spreads.push((notes.sentAway.at(-1) ?? 0) - (notes.sentAway[before] ?? 0))
      replace(node)
      await node.start()
    }
    await goOn()
  } finally {
    enough.abort()
    await working
    await people.stopWriting()
  }
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(used)
  expect(posts.failures).toEqual([])
  expect(people.failures).toBe(0)
  expect(scripts.failures).toEqual([])
  const items = await compare(followers, posts)
  const account = await finalAccount(sql, place.room, people)
  expect(notes.complaints).toEqual([])
  expect(notes.cut).toBe(0)
  expect(notes.sentAway.length).toBeGreaterThan(followers.length / 2)
  expect(notes.joined.length).toBe(notes.sentAway.length)
  expect(notes.bare, 'who had no connection for a moment').toBe(0)
  expect(items / seconds, 'posts a second').toBeGreaterThan(POSTS_A_SECOND / 2)
  const even = notes.sentAway.length / nodes.length / WINDOW
  expect(Math.max(...bySecond(notes.joined)), 'who joined again in one second').toBeLessThan(3 * even)
  // The last of those who were sent away left before the window was over; nobody hears of it sooner than it happens.
  for (const spread of spreads) expect(spread).toBeGreaterThan(WINDOW * 0.8)
  console.log(
    `  scale ${SCALE}: ${followers.length} sockets, 3 nodes replaced in ${seconds.toFixed(0)} s; ` +
      `the crowd took ${((user + system) / 10_000 / seconds).toFixed(0)} % of a core\n` +
      `  ${items} posts (${(items / seconds).toFixed(0)}/s), none failed; ${posts.statuses.get(200) ?? 0} had been stored when nginx repeated them; ${scripts.answers} scripts, none failed\n` +
      `  a room with ${people.readers.length} readers on all transports: ${account.ids.size} posts, ${people.removals.all.length} removed (and in none of ${JSON.stringify(people.prober.answers)} answers), no try failed\n` +
      `  ${notes.sentAway.length} sent away over ${spreads.map((spread) => spread.toFixed(1)).join(', ')} s, none without a word: ` +
      `${notes.overlapping} joined again before their connection ended, ${notes.bare} after; by the second:\n` +
      `  ${bySecond(notes.joined).join(' ')}`,
  )
  runs.push({ title, moments: notes.joined })
  for (const { reader } of followers) reader.stop()
  await people.leave()
}

/** Demands that each reader was told what the database has, in its order; resolves with how many items there are. */
async function compare(followers: readonly Follower[], posts: SteadyPosts): Promise<number> {
  const ids: string[] = []
  for (const room of new Set(followers.map((follower) => follower.room))) {
    const { rev, items } = await storedRoom(sql, room)
    ids.push(...items.map(({ id }) => id))
    const digest = items.reduce((before, { id }) => digestOf(id, before), 0)
    for (const { reader } of followers.filter((follower) => follower.room === room)) {
      await until(`a reader of ${room} to reach ${rev}; it is at ${reader.rev}`, () => reader.rev >= rev)
      expect([reader.rev, reader.digest]).toEqual([rev, digest])
    }
  }
  expect(ids.sort()).toEqual([...posts.accepted].sort())
  return ids.length
}

test('ROLL1 no request fails and no item is missed or repeated while three nodes are replaced by the same', async () => {
  await rollingRestart('by the same version', () => {})
})

test('ROLL1 no request fails and no item is missed or repeated while three nodes are replaced by the next version', async () => {
  const root = nextVersion(folder)
  expect(builtScripts(root).filter((path) => !builtScripts(ROOT).includes(path))).not.toEqual([])
  await rollingRestart('by the next version', (node) => node.replaceBy(root))
  const [column] =
    await sql`select 1 from information_schema.columns where column_name = 'of_the_next_version'`
  expect(column).toBeDefined()
})
