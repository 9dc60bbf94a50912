import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ItemsPage } from '@halley/shared'
import postgres from 'postgres'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ROOT } from '../../bin/root.ts'
import { makeRoom } from '../parts/command-line.ts'
import { Nginx } from '../parts/nginx.ts'
import { type OwnPostgres, startOwnPostgres } from '../parts/postgres.ts'
import { Reader } from '../parts/reader.ts'
import { type Redis, startRedis } from '../parts/redis.ts'
import { redisProgram } from '../parts/redis-program.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { storedRoom } from '../parts/stored-room.ts'
import { type TempFolder, tempFolder } from '../parts/temp-folder.ts'
import { until } from '../parts/until.ts'
import { histogram } from './histogram.ts'
import { nextVersion } from './next-version.ts'
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

/** Rooms beside one that was made, past the server. */
async function makeRooms(count: number): Promise<string[]> {
  const { room } = await makeRoom(nodes[0] as ServerProcess)
  const [site, slug] = room.split('/') as [string, string]
  await sql`
    insert into rooms (site_id, slug, title, posting, epoch)
    select site_id, slug || n, title, posting, epoch || n from rooms, generate_series(2, ${count}) n
    where slug = ${slug} and site_id = (select id from sites where slug = ${site})`
  return [room, ...Array.from({ length: count - 1 }, (_, n) => `${room}${n + 2}`)]
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

/** Asks again and again for the page's scripts and all that they load; what is not `200` is a failure. */
async function askForScripts(
  signal: AbortSignal,
  also: readonly string[],
  failures: string[],
): Promise<number> {
  let answers = 0
  const get = async (path: string): Promise<string> => {
    const answer = await fetch(`${nginx.url}/${path}`)
    const text = await answer.text()
    answers += 1
    if (answer.status !== 200) failures.push(`${path}: ${answer.status}`)
    return text
  }
  while (!signal.aborted) {
    const loader = await get('halley.js')
    const [feed] = /assets\/feed-[\w-]+\.js/.exec(loader) ?? []
    if (!feed) failures.push(`a loader without a feed: ${loader.slice(0, 100)}`)
    else await get(feed)
    for (const path of also) await get(path)
    await sleep(50)
  }
  return answers
}

const built = (root: string): string[] =>
  readdirSync(join(root, 'widget', 'dist', 'assets'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => `assets/${name}`)

/** Readers and writers go on while `replace` has been called for each node between its end and its start. */
async function rollingRestart(replace: (node: ServerProcess) => void): Promise<void> {
  const notes = new Notes()
  const [crowded, ...rooms] = (await makeRooms(ROOMS + 1)) as [string, ...string[]]
  const followers = await follow(crowded, CROWD, notes)
  for (const room of rooms) followers.push(...(await follow(room, READERS, notes)))
  const others = rooms.slice(0, 6).map((room, n) => ({
    room,
    reader: new Reader({ url: () => nginx.url, room, transport: n % 2 ? 'stream' : 'poll' }),
  }))
  const posts = new SteadyPosts(nginx.url)
  const enough = new AbortController()
  const scriptFailures: string[] = []
  const { signal } = enough
  const working = Promise.all([
    posts.postUntil(signal, rooms, POSTS_A_SECOND),
    posts.postUntil(signal, [crowded], CROWD_POSTS_A_SECOND),
    askForScripts(signal, built(ROOT), scriptFailures),
  ])
  const began = performance.now()
  let scripts = 0
  try {
    for (const node of nodes) {
      const before = posts.accepted.length
      await until('posts to go on', () => posts.accepted.length > before + POSTS_A_SECOND)
      expect(await node.end()).toBe(0)
      replace(node)
      await node.start()
    }
    const before = posts.accepted.length
    await until('posts to go on', () => posts.accepted.length > before + POSTS_A_SECOND)
  } finally {
    enough.abort()
    ;[, , scripts] = await working
  }
  const seconds = (performance.now() - began) / 1000
  expect(posts.failures).toEqual([])
  expect(scriptFailures).toEqual([])
  const items = await compare(followers, others, posts)
  expect(notes.complaints).toEqual([])
  expect(notes.cut).toBe(0)
  expect(notes.sentAway.length).toBeGreaterThan(followers.length / 2)
  expect(notes.joined.length).toBe(notes.sentAway.length)
  console.log(
    `  scale ${SCALE}: ${followers.length} sockets, ${others.length} streams and polls, 3 nodes replaced in ${seconds.toFixed(0)} s\n` +
      `  ${items} posts (${(items / seconds).toFixed(0)}/s), none failed; ${posts.statuses.get(200) ?? 0} had been stored when nginx repeated them; ${scripts} scripts, none failed\n` +
      `  ${notes.sentAway.length} sent away, none without a word: ${notes.overlapping} joined again before their connection ended, ${notes.bare} after\n` +
      `  joined again, by the second (delay 1 s, window ${WINDOW} s, three times):\n${histogram(notes.joined)}`,
  )
  for (const { reader } of followers) reader.stop()
  for (const { reader } of others) await reader.stop()
}

/** Demands that each reader was told what the database has, in its order; resolves with how many items there are. */
async function compare(
  followers: readonly Follower[],
  others: readonly { room: string; reader: Reader }[],
  posts: SteadyPosts,
): Promise<number> {
  const ids: string[] = []
  for (const room of new Set(followers.map((follower) => follower.room))) {
    const { rev, items } = await storedRoom(sql, room)
    ids.push(...items.map(({ id }) => id))
    const digest = items.reduce((before, { id }) => digestOf(id, before), 0)
    for (const { reader } of followers.filter((follower) => follower.room === room)) {
      await until(`a reader of ${room} to reach ${rev}; it is at ${reader.rev}`, () => reader.rev >= rev)
      expect([reader.rev, reader.digest]).toEqual([rev, digest])
    }
    for (const { reader } of others.filter((other) => other.room === room)) {
      await until(`${reader.name} of ${room} to reach ${rev}`, () => reader.known.rev >= rev)
      expect(reader.known.items().map(({ id }) => id)).toEqual(items.map(({ id }) => id))
      expect(reader.problem).toBeUndefined()
    }
  }
  expect(ids.sort()).toEqual([...posts.accepted].sort())
  return ids.length
}

test('ROLL1 no request fails and no item is missed or repeated while three nodes are replaced by the same', async () => {
  await rollingRestart(() => {})
})

test('ROLL1 no request fails and no item is missed or repeated while three nodes are replaced by the next version', async () => {
  const root = nextVersion(folder)
  expect(built(root).filter((path) => !built(ROOT).includes(path))).not.toEqual([])
  await rollingRestart((node) => node.replaceBy(root))
  const [column] =
    await sql`select 1 from information_schema.columns where column_name = 'of_the_next_version'`
  expect(column).toBeDefined()
})
