import { execFileSync } from 'node:child_process'
import { readFileSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, expect, test } from 'vitest'
import { halley, makeRoom } from '../parts/command-line.ts'
import type { Transport } from '../parts/connections.ts'
import { expectSameRoom } from '../parts/expect-same-room.ts'
import { Reader } from '../parts/reader.ts'
import { startRedis } from '../parts/redis.ts'
import { redisProgram } from '../parts/redis-program.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { tempFolder } from '../parts/temp-folder.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'
import { Moderator } from './moderator.ts'
import { Removals } from './removals.ts'

/*
 * A server with its own Postgres, beside a Redis that remembers more than the database does. It is put back to an
 * earlier state while readers on all transports hold what came after it.
 */

const TRANSPORTS: readonly Transport[] = ['socket', 'stream', 'poll']
const folder = tempFolder('put-back')
afterAll(() => folder.remove())

const NOWHERE = 'http://127.0.0.1:9'

interface Way {
  /** What is kept of the earlier state; the server runs. */
  readonly keep: (server: ServerProcess) => Promise<void>
  /** Brings it back; the server is stopped. */
  readonly putBack: (server: ServerProcess) => Promise<void>
  /** Whether people post at once, before readers are back. */
  readonly postAtOnce: boolean
}

const copy = join(folder.path, 'copy')
const file = join(folder.path, 'backup.zst')
const clusterOf = ({ dataDir }: ServerProcess) => realpathSync(join(dataDir, 'postgres'))

const copied: Pick<Way, 'keep' | 'putBack'> = {
  keep: async (server) => {
    await server.end()
    rmSync(copy, { recursive: true, force: true })
    execFileSync('cp', ['-a', clusterOf(server), copy])
    await server.start()
  },
  putBack: async (server) => {
    const cluster = clusterOf(server)
    rmSync(cluster, { recursive: true })
    execFileSync('cp', ['-a', copy, cluster])
  },
}

const WAYS: readonly [string, Way][] = [
  [
    'BACK9 files are put back by hand, epochs are renewed, and people post at once',
    {
      ...copied,
      putBack: async (server) => {
        await copied.putBack(server)
        await halley(server, 'epoch', 'renew', '--all')
      },
      postAtOnce: true,
    },
  ],
  [
    'BACK10 files are put back by hand, and readers are there before anybody posts',
    { ...copied, postAtOnce: false },
  ],
  [
    'BACK11 a backup is restored, and people post at once',
    {
      keep: async (server) => void (await halley(server, 'backup', file)),
      putBack: async (server) => void (await halley(server, 'restore', file, '--replace')),
      postAtOnce: true,
    },
  ],
]

const say = async (writer: Writer, what: string, count: number) => {
  for (let n = 1; n <= count; n += 1) await writer.post(`${what} ${n}`)
}

async function inDatabase(server: ServerProcess, act: (sql: postgres.Sql) => Promise<void>): Promise<void> {
  const { url } = JSON.parse(readFileSync(join(server.dataDir, 'owner.lock'), 'utf8'))
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  await act(sql).finally(() => sql.end())
}

test.each(WAYS)(
  '%s: readers end equal to the database',
  async (_, { keep, putBack, postAtOnce }) => {
    const redis = await startRedis(await redisProgram())
    const server = await ServerProcess.start({ redisUrl: `redis://127.0.0.1:${redis.port}` })
    const { room } = await makeRoom(server)
    const url = () => server.url
    const [kept, lost] = [new Writer(url, room, 'Ada'), new Writer(url, room, 'Noor')]
    let away = false
    const readerUrl = () => (away ? NOWHERE : server.url)
    const readers = TRANSPORTS.map(
      (transport) => new Reader({ url: readerUrl, room, transport, name: transport }),
    )
    const all = (what: string, are: (reader: Reader) => boolean) =>
      until(`every reader ${what}`, () => readers.every(are))
    try {
      await say(kept, 'kept', 10)
      await keep(server)
      await say(lost, 'lost', 20)
      await all('to know what will be lost', ({ known }) => known.rev === 30)
      // Whoever comes back later than as much was posted as was lost is the one whom nothing else would tell.
      away = postAtOnce
      await server.end()
      await putBack(server)
      await server.start()
      if (!postAtOnce) await all('to have fallen back', ({ known }) => known.rev === 10)
      await say(kept, 'new', 25)
      away = false
      await inDatabase(server, async (sql) => {
        const { rev, items } = await expectSameRoom(sql, room, readers, [kept])
        expect(rev).toBe(35)
        expect(items.some(({ text }) => text.startsWith('lost'))).toBe(false)
      })
      const resets = readers.map(({ frames }) => frames.filter(({ type }) => type === 'reset').length)
      expect(resets.every((count) => count > 0)).toBe(true)
    } finally {
      await Promise.all(readers.map((reader) => reader.stop()))
      await server.end()
      await server.remove()
      await redis.kill()
      await redis.stop()
    }
  },
  180_000,
)

test('BACK14 people who post, moderate and read throughout a restore end equal to what was put back and what came after', async () => {
  const redis = await startRedis(await redisProgram())
  const server = await ServerProcess.start({ redisUrl: `redis://127.0.0.1:${redis.port}` })
  const place = await makeRoom(server)
  const url = () => server.url
  const writers = ['Ada', 'Noor'].map((name) => new Writer(url, place.room, name))
  const readers = TRANSPORTS.map((transport) => new Reader({ url, room: place.room, transport }))
  const removals = new Removals()
  const moderator = new Moderator(url, place, removals, () => {})
  const enough = new AbortController()
  const working = Promise.all([
    ...writers.map((writer) => writer.writeUntil(enough.signal, 20)),
    moderator.workUntil(enough.signal, writers, 50),
  ])
  working.catch(() => {})
  const accepted = () => writers.flatMap((writer) => writer.accepted.map(({ id }) => id))
  /** Resolves when so much more was posted and taken down, and everybody was told. */
  const goesOn = async (what: string) => {
    const [posts, down] = [accepted().length + 40, removals.all.length + 5]
    await until(`posts and removals ${what}`, () => accepted().length > posts && removals.all.length > down)
    const rev = readers.map(({ known }) => known.rev)
    await until(`readers to go on ${what}`, () => readers.every(({ known }, n) => known.rev !== rev[n]))
  }
  try {
    await goesOn('before the backup')
    const kept = accepted()
    await halley(server, 'backup', file)
    await goesOn('that the backup has not')
    await server.end()
    await halley(server, 'restore', file, '--replace')
    // Nobody is told anything until it is there again.
    const known = new Set(accepted())
    const removedBefore = removals.all.length
    await server.start()
    await goesOn('after the restore')
    enough.abort()
    await working
    await inDatabase(server, async (sql) => {
      const rows = await sql<{ id: string; state: string }[]>`select id::text, state from items`
      const states = new Map(rows.map(({ id, state }) => [id, state]))
      const later = accepted().filter((id) => !known.has(id))
      expect([...kept, ...later].filter((id) => !states.has(id))).toEqual([])
      const lost = [...known].filter((id) => !states.has(id))
      expect(lost.length, 'what was posted after the backup').toBeGreaterThan(20)
      expect(rows).toHaveLength(accepted().length - lost.length)
      const down = removals.all.slice(removedBefore).map(({ id }) => states.get(id))
      expect(new Set(down)).toEqual(new Set(['removed']))
      const stands = writers.flatMap(({ accepted }) => accepted).filter(({ id }) => states.get(id) === 'live')
      await expectSameRoom(sql, place.room, readers, [{ accepted: stands }])
      // Whoever moderates may be told only that what was lost is not there.
      const others = moderator.complaints.filter((said) => !lost.some((id) => said.includes(id)))
      expect(others).toEqual([])
    })
  } finally {
    enough.abort()
    for (const person of [...writers, moderator]) person.leave()
    await working.catch(() => {})
    await Promise.all(readers.map((reader) => reader.stop()))
    await server.end()
    await server.remove()
    await redis.kill()
    await redis.stop()
  }
}, 180_000)
