import { afterEach, expect, test } from 'vitest'
import { Evening } from './evening.ts'

let evening: Evening | undefined

afterEach(async ({ task }) => {
  await evening?.clear(task.result?.state === 'fail')
  evening = undefined
})

test('CHAOS1 everything holds though nodes are killed again and again', async () => {
  evening = await Evening.begin({ nodes: [{}, {}] })
  for (let kill = 0; kill < 10; kill += 1) {
    const { server } = evening.nodes[kill % 2] as (typeof evening.nodes)[number]
    await evening.fault('kill -9 of a node', () => server.kill(), evening.somebodyFails())
    await server.start()
    await evening.goesOn()
  }
  await evening.end()
  expect(evening.people.failures).toBeGreaterThanOrEqual(10)
})
