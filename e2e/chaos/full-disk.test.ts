import { setTimeout as sleep } from 'node:timers/promises'
import { Redis as Client } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { isAlive } from '../parts/process-tree.ts'
import { SmallDisk } from '../parts/small-disk.ts'
import { Evening } from './evening.ts'

const KEEPS = ['--appendfsync', 'always']
const FULL_MS = 15_000

let evening: Evening | undefined
const disks: SmallDisk[] = []

afterEach(async ({ task }) => {
  await evening?.clear(task.result?.state === 'fail')
  evening = undefined
  for (const disk of disks.splice(0)) disk.unmount()
})

function mount(megabytes: number): SmallDisk {
  const disk = SmallDisk.mount(megabytes)
  disks.push(disk)
  return disk
}

test('SPOOL16 while the disk of Postgres is full posts are queued, and stored when there is room again', async () => {
  const disk = mount(500)
  evening = await Evening.begin({
    nodes: [{}, {}],
    disks: { postgres: disk },
    redisOptions: KEEPS,
    pauseMs: 10,
  })
  const { people, postgres, nodes } = evening
  const [pid, pids] = [postgres.pid, nodes.map(({ server }) => server.pid)]
  await evening.fault(
    'the disk of Postgres full',
    () => disk.fill(),
    () => people.queued > 200,
  )
  const before = people.queued
  await sleep(FULL_MS)
  expect(people.queued, 'it was full all the time').toBeGreaterThan(before + 200)
  disk.empty()
  await evening.goesOn('with room again')
  console.log(`  ${people.queued} posts queued`)
  expect(isAlive(pid) && postgres.pid === pid, 'Postgres went on by itself').toBe(true)
  expect(
    nodes.map(({ server }) => server.pid),
    'and so did the nodes',
  ).toEqual(pids)
  await evening.end()
})

test('SPOOL16 while the disk of Redis is full too posts are refused, and go on when there is room again', async () => {
  const disk = mount(40)
  evening = await Evening.begin({ nodes: [{}, {}], disks: { redis: disk }, redisOptions: KEEPS, pauseMs: 10 })
  const { people, postgres, redis } = evening
  await evening.fault(
    'Postgres down',
    () => postgres.kill(),
    () => people.queued > 50,
  )
  await evening.fault(
    'and the disk of Redis full',
    () => disk.fill(),
    () => !isAlive(redis.pid),
  )
  const refused = people.refusedPosts + 10
  await evening.fault(
    'posts are refused',
    () => {},
    () => people.refusedPosts > refused,
  )
  disk.empty()
  await redis.start()
  const queued = people.queued + 50
  await evening.fault(
    'posts are queued again',
    () => {},
    () => people.queued > queued,
  )
  await postgres.start()
  await evening.goesOn('with both again')
  await evening.end()
})

test('SPOOL16 while the disk of a Redis that is no spool is full everything goes on without it, and with it again by itself', async () => {
  const disk = mount(40)
  const redisOptions = ['--appendfsync', 'everysec']
  evening = await Evening.begin({ nodes: [{}, {}], disks: { redis: disk }, redisOptions })
  const { people, redis } = evening
  const client = new Client(redis.port, '127.0.0.1')
  const refuses = (): Promise<boolean> =>
    client.set('of this test', '1').then(
      () => false,
      (error: Error) => error.message.startsWith('MISCONF'),
    )
  try {
    await evening.fault('the disk of Redis full', () => disk.fill(), refuses)
    const end = performance.now() + FULL_MS
    while (performance.now() < end) await evening.goesOn('while the disk of Redis is full')
    expect(await refuses(), 'it was full all the time').toBe(true)
    disk.empty()
    await evening.fault(
      'Redis takes writes again',
      () => {},
      async () => !(await refuses()) && (await evening?.areUp('bus')()),
    )
    await evening.goesOn('with Redis again')
    expect(people.failures, 'tries that failed').toBe(0)
    await evening.end()
  } finally {
    client.disconnect()
  }
})
