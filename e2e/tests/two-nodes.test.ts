import { Redis as RedisClient } from 'ioredis'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { makeRoom } from '../parts/command-line.ts'
import type { Transport } from '../parts/connections.ts'
import { expectSameRoom } from '../parts/expect-same-room.ts'
import { type FreshDatabase, freshDatabase } from '../parts/fresh-database.ts'
import { hasFailed } from '../parts/has-failed.ts'
import { Reader } from '../parts/reader.ts'
import { type Redis, startRedis } from '../parts/redis.ts'
import { redisProgram } from '../parts/redis-program.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

const KILLS = 10
let database: FreshDatabase
let redis: Redis
let nodes: ServerProcess[]

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  redis = await startRedis(await redisProgram())
  const settings = { databaseUrl: database.url, redisUrl: redis.url }
  nodes = [await ServerProcess.start(settings), await ServerProcess.start(settings)]
})

afterAll(async ({}, suite) => {
  for (const node of nodes ?? []) await node.remove(hasFailed(suite))
  await redis?.stop()
  await database?.drop()
})

/** Readers by each transport on one node, writers on the other, and one of each that takes them in turns. */
function people(room: string): { readers: Reader[]; writers: Writer[] } {
  const [first, second] = nodes as [ServerProcess, ServerProcess]
  let turn = 0
  const inTurns = (): string => (nodes[turn++ % 2] as ServerProcess).url
  return {
    readers: [
      new Reader({ url: () => first.url, room, transport: 'socket' }),
      new Reader({ url: () => first.url, room, transport: 'stream' }),
      new Reader({ url: () => first.url, room, transport: 'poll' }),
      new Reader({ url: () => second.url, room, transport: 'socket' }),
      new Reader({ url: inTurns, room, transport: 'poll' }),
    ],
    writers: [
      new Writer(() => second.url, room, 'Ada'),
      new Writer(() => first.url, room, 'Kevin'),
      new Writer(inTurns, room, 'Noor'),
    ],
  }
}

const total = (writers: readonly Writer[], what: (writer: Writer) => number): number =>
  writers.reduce((sum, writer) => sum + what(writer), 0)

async function whileWriting(writers: readonly Writer[], during: () => Promise<void>): Promise<void> {
  const enough = new AbortController()
  const writing = Promise.all(writers.map((writer) => writer.writeUntil(enough.signal, 25)))
  try {
    await during()
  } finally {
    enough.abort()
    await writing
  }
}

async function everybodyGoesOn(readers: readonly Reader[], writers: readonly Writer[]): Promise<void> {
  const accepted = writers.map((writer) => writer.accepted.length)
  await until('every writer to go on', () =>
    writers.every((writer, index) => writer.accepted.length > (accepted[index] as number) + 5),
  )
  const rev = Math.max(...readers.map(({ known }) => known.rev))
  await until('every reader to go on', () => readers.every(({ known }) => known.rev > rev))
}

test(`SHOW6 readers and writers on two nodes end equal though the nodes are killed ${KILLS} times in turns`, async () => {
  const { room } = await makeRoom(nodes[0] as ServerProcess)
  const { readers, writers } = people(room)
  await whileWriting(writers, async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await everybodyGoesOn(readers, writers)
      const failures = total(writers, (writer) => writer.failures)
      const node = nodes[kill % 2] as ServerProcess
      await node.kill()
      await until('a writer to notice the kill', () => total(writers, (writer) => writer.failures) > failures)
      await node.start()
    }
    await everybodyGoesOn(readers, writers)
  })
  const stored = await expectSameRoom(database.sql, room, readers, writers)
  for (const reader of readers) await reader.stop()
  console.log(`two nodes, ${KILLS} kills, ${stored.items.length} items`)
})

test('SHOW6 readers on one node and writers on the other end equal though Redis is killed and comes back', async () => {
  const { room } = await makeRoom(nodes[0] as ServerProcess)
  // Nothing but the other node's news, or a look at the database, tells the first node anything: each new poll would
  // make it look, so whoever polls does so at the other.
  const [first, second] = nodes as [ServerProcess, ServerProcess]
  const readers = [
    new Reader({ url: () => first.url, room, transport: 'socket' }),
    new Reader({ url: () => first.url, room, transport: 'stream' }),
    new Reader({ url: () => second.url, room, transport: 'poll' }),
  ]
  const writers = ['Ada', 'Kevin'].map((name) => new Writer(() => second.url, room, name))
  await whileWriting(writers, async () => {
    for (let kill = 0; kill < 3; kill += 1) {
      await everybodyGoesOn(readers, writers)
      expect(await listeners(redis.url), 'nodes that listen before the kill').toBeGreaterThan(0)
      await redis.kill()
      await everybodyGoesOn(readers, writers)
      await redis.start()
      await until('both nodes to listen again', async () => (await listeners(redis.url)) >= 2)
      await everybodyGoesOn(readers, writers)
    }
  })
  const stored = await expectSameRoom(database.sql, room, readers, writers)
  for (const reader of readers) await reader.stop()
  const gaps = readers.reduce((sum, { known }) => sum + known.gaps, 0)
  console.log(`Redis killed 3 times, ${stored.items.length} items, ${gaps} gaps that readers repaired`)
})

test('CROWD1 CROWD2 readers are told how many they are on both nodes, and no longer of those on one that was killed', async () => {
  const [first, second] = nodes as [ServerProcess, ServerProcess]
  const { room } = await makeRoom(first)
  const follow = (node: ServerProcess, transport: Transport) =>
    new Reader({ url: () => node.url, room, transport })
  const gone = (['socket', 'stream', 'socket'] as const).map((transport) => follow(first, transport))
  const staying = (['socket', 'stream'] as const).map((transport) => follow(second, transport))
  const allTold = (count: number) => () => staying.every((reader) => lastTold(reader) === count)
  await until('the readers of one node to be told of all five', allTold(5), SOON)
  await first.kill()
  await until('them to be told of two', allTold(2), SOON)
  for (const reader of [...gone, ...staying]) await reader.stop()
  await first.start()
})

/** Seconds: by far more than it takes, because this machine does other things too. */
const SOON = 20

const lastTold = ({ frames }: Reader): number | undefined =>
  frames.flatMap((frame) => (frame.type === 'head' ? (frame.readers ?? []) : [])).at(-1)

/** Connections that have subscribed to something. */
async function listeners(url: string): Promise<number> {
  const client = new RedisClient(url, { lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => {})
  try {
    await client.connect()
    const list = String(await client.client('LIST'))
    return list.split('\n').filter((line) => /\b(p?sub|ssub)=[1-9]/.test(line)).length
  } finally {
    client.disconnect()
  }
}
