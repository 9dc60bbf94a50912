import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { signalTree } from '../parts/process-tree.ts'
import { until } from '../parts/until.ts'
import { Evening } from './evening.ts'
import type { StageNode } from './stage.ts'

const STOPPED_MS = 30_000

let evening: Evening | undefined

afterEach(async ({ task }) => {
  await evening?.clear(task.result?.state === 'fail')
  evening = undefined
})

test('CHAOS2 everything holds though Postgres is stopped for 30 s', async () => {
  evening = await Evening.begin({ nodes: [{}, {}] })
  const { pid } = evening.postgres
  await evening.fault(
    'SIGSTOP of Postgres for 30 s',
    () => void signalTree(pid, 'SIGSTOP'),
    evening.areCut('database'),
  )
  expect(evening.isStopped(pid)(), 'every process of Postgres is stopped').toBe(true)
  await sleep(STOPPED_MS)
  signalTree(pid, 'SIGCONT')
  await evening.goesOn()
  await evening.end()
})

test('CHAOS2 everything holds, and goes on meanwhile, though Redis is stopped for 30 s', async () => {
  evening = await Evening.begin({ nodes: [{}, {}] })
  const { pid } = evening.redis
  await evening.fault(
    'SIGSTOP of Redis for 30 s',
    () => void signalTree(pid, 'SIGSTOP'),
    evening.areCut('bus'),
  )
  const end = performance.now() + STOPPED_MS
  while (performance.now() < end) await evening.goesOn('while Redis is stopped')
  signalTree(pid, 'SIGCONT')
  await until('every node to hear Redis again', evening.areUp('bus'))
  await evening.goesOn('with Redis again')
  expect(evening.people.failures, 'tries that failed').toBe(0)
  await evening.end()
})

test('CHAOS2 everything holds though a node is stopped for 30 s, while the others go on', async () => {
  evening = await Evening.begin({ nodes: [{}, {}] })
  const [first, second] = evening.nodes as [StageNode, StageNode]
  const stopped = evening.somebodyFails()
  await evening.fault(
    'SIGSTOP of a node for 35 s',
    () => first.server.freeze(),
    evening.isStopped(first.server.pid),
  )
  const end = performance.now() + STOPPED_MS + 5000
  while (performance.now() < end) await evening.goesOn('at the other node', [second])
  expect(stopped(), 'posts to the stopped node have failed').toBe(true)
  const silences = evening.people.readers
    .filter(({ node, reader }) => node === first && !reader.polls)
    .map(({ reader }) => reader.silences)
  expect(silences, 'a socket and a stream were given up by their readers').toEqual([1, 1])
  first.server.thaw()
  await evening.goesOn('with both nodes again')
  await evening.end()
})
