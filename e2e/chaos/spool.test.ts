import { setTimeout as sleep } from 'node:timers/promises'
import type { ItemsPage } from '@halley/shared'
import { afterEach, expect, test } from 'vitest'
import { signalTree } from '../parts/process-tree.ts'
import { storedRoom } from '../parts/stored-room.ts'
import { until } from '../parts/until.ts'
import { Evening } from './evening.ts'

const KEEPS = ['--appendfsync', 'always']
let evening: Evening | undefined

afterEach(async ({ task }) => {
  await evening?.clear(task.result?.state === 'fail')
  evening = undefined
})

/** Whoever comes now is shown what was posted last before, by every node. */
async function readTop({ nodes, place }: Evening): Promise<void> {
  for (const { server } of nodes) {
    await until('the top of the room to be read without Postgres', async () => {
      const answer = await fetch(`${server.url}/v1/rooms/${place.room}/items`)
      return answer.ok && ((await answer.json()) as ItemsPage).items.length > 5
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

/** Whoever posts one thing after the other finds them in the room in that order. */
async function expectInOrder({ people, place, stage }: Evening): Promise<void> {
  const { items } = await storedRoom(stage.sql, place.room)
  const seqs = new Map(items.map(({ id, seq }) => [id, seq]))
  for (const { writer } of people.writers) {
    const own = writer.accepted.flatMap(({ id }) => seqs.get(id) ?? [])
    expect(own, 'one writer’s items').toEqual(own.toSorted((a, b) => a - b))
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
  const [first, second] = nodes.map(({ server }) => server)
  await evening.fault(
    'Postgres down',
    () => postgres.kill(),
    () => people.queued > 3,
  )
  await sleep(5000)
  await evening.fault('kill -9 of a node that has queued', async () => first?.kill(), evening.somebodyFails())
  await evening.fault('kill -9 of a Redis that has the queue', () => redis.kill(), evening.somebodyFails())
  await redis.start()
  const before = people.queued
  await evening.fault(
    'Redis back while Postgres is down',
    () => {},
    () => people.queued > before + 20,
  )
  await postgres.start()
  await evening.fault('kill -9 of a node that drains', async () => second?.kill(), evening.somebodyFails())
  await first?.start()
  await second?.start()
  await drained(evening)
  await evening.end()
  await expectInOrder(evening)
})
