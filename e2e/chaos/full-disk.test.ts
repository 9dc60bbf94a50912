import postgres from 'postgres'
import { afterEach, expect, test } from 'vitest'
import { makeRoom } from '../parts/command-line.ts'
import { expectSameRoom } from '../parts/expect-same-room.ts'
import { type OwnPostgres, startOwnPostgres } from '../parts/postgres.ts'
import { isAlive } from '../parts/process-tree.ts'
import { Reader } from '../parts/reader.ts'
import { type Redis, startRedis } from '../parts/redis.ts'
import { redisProgram } from '../parts/redis-program.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { SmallDisk } from '../parts/small-disk.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

interface Place {
  readonly own: OwnPostgres
  readonly redis: Redis
  readonly disks: { readonly postgres: SmallDisk; readonly redis: SmallDisk }
  readonly writers: readonly Writer[]
  readonly queued: () => number
  /** Everybody stops, and everything is compared. */
  end(): Promise<void>
}

async function open(): Promise<Place> {
  const disks = { postgres: SmallDisk.mount(500), redis: SmallDisk.mount(40) }
  closing.push(
    () => disks.postgres.unmount(),
    () => disks.redis.unmount(),
  )
  const own = await disks.postgres.during(() => startOwnPostgres())
  closing.push(() => own.kill())
  const program = await redisProgram()
  const redis = await disks.redis.during(() => startRedis(program, ['--appendfsync', 'always']))
  closing.push(() => redis.kill())
  const server = await ServerProcess.start({ databaseUrl: own.url, redisUrl: redis.url })
  closing.push(() => server.remove())
  const { room } = await makeRoom(server)
  const readers = (['socket', 'stream', 'poll'] as const).map(
    (transport) => new Reader({ url: () => server.url, room, transport }),
  )
  const writers = ['Ada', 'Kevin'].map((name) => new Writer(() => server.url, room, name))
  const enough = new AbortController()
  const work = Promise.all(writers.map((writer) => writer.writeUntil(enough.signal)))
  closing.push(async () => {
    enough.abort()
    for (const reader of readers) await reader.stop()
  })
  const sql = postgres(own.url, { max: 1, onnotice: () => {} })
  closing.push(() => sql.end({ timeout: 1 }))
  const place = {
    own,
    redis,
    disks,
    writers,
    queued: () => writers.flatMap(({ accepted }) => accepted.filter(({ status }) => status === 202)).length,
    end: async () => {
      enough.abort()
      await work
      const posted = writers.reduce((sum, { accepted }) => sum + accepted.length, 0)
      await until('everything to be stored', async () => {
        const [row] = await sql`SELECT count(*)::int AS count FROM items`
        return row?.count >= posted
      })
      await expectSameRoom(sql, room, readers, writers)
    },
  }
  await until('the writers to be at work', () => writers.every(({ accepted }) => accepted.length > 20))
  return place
}

const goesOn = async ({ writers }: Place, how: (status: number) => boolean) => {
  const counts = writers.map(({ accepted }) => accepted.length)
  await until('every writer to go on', () =>
    writers.every(
      ({ accepted }, n) => accepted.slice(counts[n]).filter(({ status }) => how(status)).length > 50,
    ),
  )
}

test('SPOOL16 while the disk of Postgres is full posts are queued, and stored when there is room again', async () => {
  const place = await open()
  place.disks.postgres.fill()
  await until('posts to be queued', () => place.queued() > 200)
  place.disks.postgres.empty()
  if (!isAlive(place.own.pid)) await place.own.start()
  await goesOn(place, (status) => status !== 202)
  console.log(`  ${place.queued()} posts queued while the disk of Postgres was full`)
  await place.end()
})

test('SPOOL16 while the disk of Redis is full too posts are refused, and go on when there is room again', async () => {
  const place = await open()
  await place.own.kill()
  await until('posts to be queued', () => place.queued() > 50)
  place.disks.redis.fill()
  await until('Redis to end', () => !isAlive(place.redis.pid))
  const failures = place.writers.reduce((sum, writer) => sum + writer.failures, 0)
  await until(
    'posts to be refused',
    () => place.writers.reduce((sum, one) => sum + one.failures, 0) > failures + 10,
  )
  place.disks.redis.empty()
  await place.redis.start()
  await goesOn(place, (status) => status === 202)
  await place.own.start()
  await goesOn(place, (status) => status !== 202)
  await place.end()
  expect(place.queued()).toBeGreaterThan(100)
})
