import { setTimeout as sleep } from 'node:timers/promises'
import type { ItemsPage } from '@halley/shared'
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { makeRoom } from '../parts/command-line.ts'
import { signalTree } from '../parts/process-tree.ts'
import { storedRoom } from '../parts/stored-room.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'
import { Evening } from './evening.ts'
import { expectInOrder } from './final-account.ts'
import type { StageNode } from './stage.ts'

const KEEPS = ['--appendfsync', 'always']
let evening: Evening | undefined

afterEach(async ({ task }) => {
  await evening?.clear(task.result?.state === 'fail')
  evening = undefined
})

/** Whoever comes now is shown by every node what was stored last, and told that it may be old. */
async function readTop({ nodes, place, people }: Evening): Promise<void> {
  const last = people.writers.flatMap(
    ({ writer }) => writer.accepted.findLast(({ status }) => status === 201) ?? [],
  )
  for (const { server } of nodes) {
    await until('the top of the room to be read without Postgres', async () => {
      const answer = await fetch(`${server.url}/v1/rooms/${place.room}/items`)
      if (!answer.ok) return false
      const { items, stale } = (await answer.json()) as ItemsPage
      // One of them may have been taken down, or be hidden because that was tried.
      const there = last.filter(({ id }) => items.some((item) => item.id === id))
      return stale && there.length >= last.length - 1
    })
  }
}

/** Everybody's posts are queued for so long, without a pause of more than some seconds. */
async function queueFor(evening: Evening, seconds: number): Promise<void> {
  const { people } = evening
  const end = performance.now() + seconds * 1000
  const [posted, before] = [people.posted, people.queued]
  while (performance.now() < end) {
    const counts = people.writers.map(({ writer }) => writer.accepted.length)
    await sleep(Math.min(5000, end - performance.now() + 1000))
    const stuck = people.writers.filter(({ writer }, n) => writer.accepted.length <= (counts[n] as number))
    expect(stuck, 'writers who could not post for five seconds').toEqual([])
    await readTop(evening)
  }
  const during = people.queued - before
  console.log(`  ${during} of ${people.posted - posted} posts queued in ${seconds} s`)
  expect(during, 'posts that were not queued').toBeGreaterThanOrEqual((people.posted - posted) * 0.95)
}

async function drained(evening: Evening): Promise<void> {
  const begun = performance.now()
  await evening.goesOn()
  console.log(
    `  everybody went on ${((performance.now() - begun) / 1000).toFixed(1)} s after Postgres was back`,
  )
}

/** The stream with most posts. */
async function fullest({ redis }: Evening): Promise<string> {
  const client = new Redis(redis.url)
  try {
    const streams = await client.keys('*:{spool-*}:posts')
    expect(streams.length, 'streams with posts').toBeGreaterThan(1)
    const sizes = await Promise.all(streams.map((stream) => client.xlen(stream)))
    return streams[sizes.indexOf(Math.max(...sizes))] as string
  } finally {
    client.disconnect()
  }
}

/** What Redis says of a stream: the node that drains it, and its oldest post. */
async function draining(
  { redis, nodes }: Evening,
  posts: string,
): Promise<{ node: StageNode | undefined; oldest: string }> {
  const client = new Redis(redis.url)
  try {
    const holder = await client.get(posts.replace(/posts$/, 'lease'))
    const [first] = await client.xrange(posts, '-', '+', 'COUNT', 1)
    return {
      node: nodes.find(({ server }) => holder?.startsWith(`${server.pid}-`)),
      oldest: first?.[0] ?? '',
    }
  } finally {
    client.disconnect()
  }
}

/** Kills the node that drains while it does, as is known from the posts that another one has to store. */
async function killDrainer(evening: Evening): Promise<StageNode> {
  // So slowly that it can be met.
  for (const { toPostgres } of evening.nodes) toPostgres.delayMs = 50
  const posts = await fullest(evening)
  const { oldest: first } = await draining(evening, posts)
  await evening.postgres.start()
  const { node } = await until('a node to be draining', async () => {
    const now = await draining(evening, posts)
    return now.oldest > first && now.node && now
  })
  let left = ''
  await evening.fault(
    'kill -9 of a node that drains',
    async () => {
      await node?.server.kill()
      left = (await draining(evening, posts)).oldest
      expect(left, 'a post that it had not drained').not.toBe('')
    },
    async () => (await draining(evening, posts)).oldest !== left,
  )
  for (const { toPostgres } of evening.nodes) toPostgres.delayMs = 0
  return node as StageNode
}

/** Who posts in other rooms, whose posts wait in other streams. */
class Beside {
  readonly #rooms: readonly string[]
  readonly #writers: readonly Writer[]
  readonly #enough = new AbortController()
  readonly #work: Promise<unknown>

  private constructor(rooms: readonly string[], writers: readonly Writer[]) {
    this.#rooms = rooms
    this.#writers = writers
    this.#work = Promise.all(writers.map((writer) => writer.writeUntil(this.#enough.signal, 100)))
    this.#work.catch(() => {})
  }

  static async begin({ nodes }: Evening): Promise<Beside> {
    const rooms: string[] = []
    // At the last node, which is not killed but for draining.
    const at = (nodes.at(-1) as StageNode).server
    for (let n = 0; n < 4; n += 1) rooms.push((await makeRoom(at)).room)
    const writers = rooms.map((room) => new Writer(() => at.url, room, 'Kevin'))
    const beside = new Beside(rooms, writers)
    // A room that no node has found yet takes no posts while Postgres is away.
    await until('posts in each', () => writers.every(({ accepted }) => accepted.length > 2))
    return beside
  }

  /** Each has what was accepted, once and in order, and of each some was queued. */
  async end({ stage: { sql } }: Evening): Promise<void> {
    this.#enough.abort()
    await this.#work
    for (const [n, { accepted }] of this.#writers.entries()) {
      const room = this.#rooms[n] as string
      await until(
        `${room} to have what was accepted`,
        async () => (await storedRoom(sql, room)).items.length >= accepted.length,
      )
      const { items } = await storedRoom(sql, room)
      expect(items.map(({ id }) => id)).toEqual(accepted.map(({ id }) => id))
      expect(accepted.filter(({ status }) => status === 202).length, 'queued').toBeGreaterThan(20)
    }
  }
}

test('SPOOL8 posts go on for 60 s without Postgres, and all are there once and in order afterwards', async () => {
  evening = await Evening.begin({ nodes: [{}, {}], redisOptions: KEEPS, pauseMs: 20 })
  const { people, postgres } = evening
  await evening.fault(
    'Postgres down for 60 s',
    () => postgres.kill(),
    () => people.queued > 3,
  )
  await queueFor(evening, 60)
  await postgres.start()
  await drained(evening)
  await evening.end()
  await expectInOrder(evening)
})

test('SPOOL8 posts go on for 60 s with a Postgres that is stopped and holds its connections', async () => {
  evening = await Evening.begin({ nodes: [{}, {}], redisOptions: KEEPS })
  const { people, postgres } = evening
  const stop = () => void signalTree(postgres.pid, 'SIGSTOP')
  await evening.fault('Postgres stopped for 60 s', stop, () => people.queued > 3)
  await queueFor(evening, 60)
  signalTree(postgres.pid, 'SIGCONT')
  await drained(evening)
  await evening.end()
  await expectInOrder(evening)
})

test('SPOOL9 what was queued is there once though a node, Redis, and nodes that drain are killed', async () => {
  evening = await Evening.begin({ nodes: [{}, {}, {}], redisOptions: KEEPS })
  const { people, postgres, redis, nodes } = evening
  const first = nodes[0]?.server
  const beside = await Beside.begin(evening)
  await evening.fault(
    'Postgres down',
    () => postgres.kill(),
    () => people.queued > 3,
  )
  await sleep(5000)
  await evening.fault('kill -9 of a node that has queued', async () => first?.kill(), evening.somebodyFails())
  // Somebody fails all the time now: the one who stays with the node that is gone.
  const left = nodes.slice(1)
  await evening.fault(
    'kill -9 of a Redis that has the queue',
    () => redis.kill(),
    evening.areCut('bus', left),
  )
  await redis.start()
  const before = people.queued
  await evening.fault(
    'Redis back while Postgres is down',
    () => {},
    () => people.queued > before + 20,
  )
  const killed = await killDrainer(evening)
  await first?.start()
  await killed.server.start()
  await drained(evening)
  await beside.end(evening)
  await evening.end()
  await expectInOrder(evening)
})
