import { afterEach, expect, test } from 'vitest'
import { Evening } from './evening.ts'
import type { StageNode } from './stage.ts'

let evening: Evening | undefined

afterEach(async ({ task }) => {
  await evening?.clear(task.result?.state === 'fail')
  evening = undefined
})

test('CHAOS1 everything holds though nodes are killed again and again', async () => {
  evening = await Evening.begin({ nodes: [{}, {}] })
  for (let kill = 0; kill < 10; kill += 1) {
    const { server } = evening.nodes[kill % 2] as StageNode
    await evening.fault('kill -9 of a node', () => server.kill(), evening.somebodyFails())
    await server.start()
    await evening.goesOn()
  }
  await evening.end()
})

test('CHAOS1 everything holds though Redis is killed and comes back with or without its data', async () => {
  evening = await Evening.begin({ nodes: [{}, {}] })
  const { redis } = evening
  for (let kill = 0; kill < 6; kill += 1) {
    const kept = kill % 2 === 0
    const name = `kill -9 of Redis, which comes back ${kept ? 'with' : 'without'} its data`
    await evening.fault(name, () => redis.kill(), evening.areCut('bus'))
    await evening.goesOn('without Redis')
    if (!kept) redis.forget()
    await redis.start()
    await evening.goesOn('with Redis again')
  }
  expect(evening.people.failures, 'tries that failed').toBe(0)
  await evening.end()
})

test('CHAOS1 everything holds though Postgres is killed again and again', async () => {
  evening = await Evening.begin({ nodes: [{}, {}] })
  const { postgres } = evening
  for (let kill = 0; kill < 5; kill += 1) {
    await evening.fault('kill -9 of Postgres', () => postgres.kill(), evening.areCut('database'))
    await postgres.start()
    await evening.goesOn()
  }
  await evening.end()
})

test('CHAOS1 everything holds though Postgres, Redis and every node are killed at once', async () => {
  evening = await Evening.begin({ nodes: [{}, {}] })
  const { postgres, redis, nodes } = evening
  const everything = [postgres, redis, ...nodes.map(({ server }) => server)]
  for (let kill = 0; kill < 3; kill += 1) {
    await evening.fault(
      'kill -9 of Postgres, Redis and every node at once',
      () => Promise.all(everything.map((part) => part.kill())).then(() => {}),
      evening.somebodyFails(),
    )
    await postgres.start()
    await redis.start()
    await Promise.all(nodes.map(({ server }) => server.start()))
    await evening.goesOn()
  }
  await evening.end()
})
