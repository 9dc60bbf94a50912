import { randomUUID } from 'node:crypto'
import { Redis as Client } from 'ioredis'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeRoom } from '../parts/command-line.ts'
import { type FreshDatabase, freshDatabase } from '../parts/fresh-database.ts'
import { type OwnPostgres, startOwnPostgres } from '../parts/postgres.ts'
import { Reader } from '../parts/reader.ts'
import type { Redis } from '../parts/redis.ts'
import { type RedisCluster, startRedisCluster } from '../parts/redis-cluster.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { until } from '../parts/until.ts'
import { Evening } from './evening.ts'

/** By far more than it takes, and by far less than somebody would take who hears nothing. */
const SOON_MS = 5000

let postgres: OwnPostgres
let database: FreshDatabase
let cluster: RedisCluster
let nodes: ServerProcess[]

beforeAll(async () => {
  postgres = await startOwnPostgres()
  database = await freshDatabase(postgres.url)
  cluster = await startRedisCluster()
  const settings = { databaseUrl: database.url, redisUrl: cluster.url }
  nodes = [await ServerProcess.start(settings), await ServerProcess.start(settings)]
})
afterAll(async () => {
  for (const node of nodes ?? []) await node.remove()
  await cluster?.stop()
  await database?.drop()
  await postgres?.stop()
})

/** What stands in the keys of all that Redis has of a room, and decides on which master they are. */
async function tagOf(sql: Sql, address: string): Promise<string> {
  const [room] = await sql<{ id: string }[]>`
    SELECT r.id FROM rooms r JOIN sites s ON s.id = r.site_id WHERE s.slug || '/' || r.slug = ${address}`
  return `{${room?.id}}`
}

/** Starts again who was killed; resolves when it is a replica that has what its master has. */
async function bringBack(node: Redis | undefined): Promise<void> {
  if (!node) throw new Error('no such node')
  await node.start()
  const client = new Client(node.port, '127.0.0.1')
  try {
    await until('who was killed to follow who took its place', async () =>
      (await client.info('replication')).includes('master_link_status:up'),
    )
  } finally {
    client.disconnect()
  }
}

const busOf = async (node: ServerProcess): Promise<string> =>
  (await (await fetch(`${node.url}/health/ready`)).json()).bus

test('BUS12 removals reach readers on another node while a master of the Redis Cluster fails over', async () => {
  const [here, there] = nodes as [ServerProcess, ServerProcess]
  const { room, moderator } = await makeRoom(here)
  const reader = new Reader({ url: () => here.url, room, transport: 'socket' })
  const headers = { authorization: moderator, 'content-type': 'application/json' }
  const items = `${there.url}/v1/rooms/${room}/items`

  /** Posts and removes on one node; milliseconds from the answer until the reader on the other has each told. */
  const removal = async (): Promise<number> => {
    const id = randomUUID()
    const body = JSON.stringify({ id, text: 'Hello', author: { name: 'Ada' } })
    expect((await fetch(items, { method: 'POST', headers, body })).status).toBe(201)
    expect((await fetch(`${items}/${id}`, { method: 'DELETE', headers, body: '{}' })).status).toBe(200)
    const began = performance.now()
    await until('the removal', () =>
      reader.frames.some(
        (frame) =>
          'changes' in frame &&
          frame.changes.some((change) => change.item?.id === id && 'removed' in change.item),
      ),
    )
    return performance.now() - began
  }

  await until('both nodes to hear each other', async () =>
    (await Promise.all(nodes.map(busOf))).every((bus) => bus === 'up'),
  )
  await until('the reader', () => reader.frames.length > 0)
  const before = [await removal(), await removal(), await removal()]
  const key = await tagOf(database.sql, room)
  const victim = await cluster.masterOf(key)
  await cluster.nodes[victim]?.kill()
  const killedAt = performance.now()
  const during: number[] = []
  do during.push(await removal())
  while ((await busOf(here)) !== 'up')
  const failover = performance.now() - killedAt
  const after = [await removal(), await removal(), await removal()]
  expect(await cluster.masterOf(key), 'somebody else is master').not.toBe(victim)
  const worst = (list: number[]): number => Math.round(Math.max(...list))
  console.log(
    `removals to a reader on the other node: at most ${worst(before)} ms before, ${worst(during)} ms during ` +
      `the ${Math.round(failover)} ms of failover (${during.length} of them), ${worst(after)} ms after`,
  )
  expect(worst(before), 'milliseconds before').toBeLessThan(SOON_MS)
  // A node that lost its line to Redis asks for the heads of its rooms every second.
  expect(worst(during), 'milliseconds during the failover').toBeLessThan(SOON_MS)
  expect(worst(after), 'milliseconds after').toBeLessThan(SOON_MS)
  await reader.stop()
  await bringBack(cluster.nodes[victim])
})

test('CHAOS1 everything holds though the master of a room in a Redis Cluster is killed and comes back', async () => {
  const env = { REDIS_URL: cluster.url }
  const evening = await Evening.begin({ nodes: [{ env }, { env }] })
  let failed = true
  try {
    const { people, stage, place } = evening
    const key = await tagOf(stage.sql, place.room)
    for (let kill = 0; kill < 2; kill += 1) {
      const victim = await cluster.masterOf(key)
      await evening.fault(
        'kill -9 of the master that has the room',
        async () => cluster.nodes[victim]?.kill(),
        async () => (await cluster.masterOf(key)) !== victim,
      )
      await evening.goesOn('with another master')
      await bringBack(cluster.nodes[victim])
      await evening.goesOn('with the one that was killed as its replica')
    }
    expect(people.failures).toBe(0)
    await evening.end()
    failed = false
  } finally {
    await evening.clear(failed)
  }
})
