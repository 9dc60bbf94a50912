import { afterEach, expect, test } from 'vitest'
import { MEASURED, metricsOf } from '../parts/metrics-of.ts'
import { Reader } from '../parts/reader.ts'
import { TcpProxy } from '../parts/tcp-proxy.ts'
import { until } from '../parts/until.ts'
import { Evening } from './evening.ts'
import { expectInOrder } from './final-account.ts'
import { LossyRedis } from './lossy-redis.ts'
import type { StageNode } from './stage.ts'

const CUT_MS = 15_000

let evening: Evening | undefined

afterEach(async ({ task }) => {
  await evening?.clear(task.result?.state === 'fail')
  evening = undefined
})

async function gapsRepaired({ nodes }: Evening): Promise<number> {
  const all = await Promise.all(nodes.map(({ server }) => metricsOf(server)))
  return all.reduce((sum, metrics) => sum + (metrics.get('halley_gaps_repaired_total') ?? 0), 0)
}

test('CHAOS3 everything holds though Redis drops, delays and swaps messages, 5 % each', async () => {
  let line: LossyRedis | undefined
  evening = await Evening.begin({
    nodes: [{ env: MEASURED }, { env: MEASURED }],
    beforeRedis: async (port) => {
      line = await LossyRedis.to(port)
      return line
    },
  })
  const lossy = line as unknown as LossyRedis
  const { counts } = lossy
  const repaired = await gapsRepaired(evening)
  await evening.fault(
    'messages of Redis dropped, delayed by up to 0.5 s and swapped, 5 % each, for 30 s',
    () => {
      lossy.losses = { drop: 0.05, delay: 0.05, delayMs: 500, swap: 0.05 }
    },
    () => Math.min(counts.dropped, counts.delayed, counts.swapped) > 5,
  )
  const end = performance.now() + 30_000
  while (performance.now() < end) await evening.goesOn('while messages get lost')
  lossy.losses = undefined
  const gaps = (await gapsRepaired(evening)) - repaired
  console.log(`  of ${counts.messages} messages ${JSON.stringify(counts)}; ${gaps} gaps read from the log`)
  expect(gaps, 'news of items that was lost').toBeGreaterThan(0)
  await evening.end()
})

/** Silent as a pulled cable, or refused as by a firewall. */
const WAYS = ['silence', 'refuse'] as const

for (const way of WAYS) {
  test(`CHAOS3 everything holds though a node is cut from Redis, and so from the others (${way})`, async () => {
    evening = await Evening.begin({ nodes: [{}, {}] })
    const [first] = evening.nodes as [StageNode, StageNode]
    await evening.fault(
      `a node cut from Redis for 15 s (${way})`,
      () => first.toRedis[way](true),
      evening.areCut('bus', [first]),
    )
    const end = performance.now() + CUT_MS
    while (performance.now() < end) await evening.goesOn('while a node is cut from Redis')
    first.toRedis[way](false)
    await until('the node to hear Redis again', evening.areUp('bus', [first]))
    await evening.goesOn('with Redis again')
    expect(evening.people.failures, 'tries that failed').toBe(0)
    await evening.end()
  })

  test(`CHAOS3 everything holds though a node is cut from Postgres (${way})`, async () => {
    evening = await Evening.begin({ nodes: [{}, {}], redisOptions: ['--appendfsync', 'always'] })
    const [first, second] = evening.nodes as [StageNode, StageNode]
    const { people } = evening
    await evening.fault(
      `a node cut from Postgres for 15 s (${way})`,
      () => first.toPostgres[way](true),
      evening.areCut('database', [first]),
    )
    const end = performance.now() + CUT_MS
    while (performance.now() < end) await evening.goesOn('at the other node', [second])
    expect(people.queued, 'posts that were queued').toBeGreaterThan(10)
    first.toPostgres[way](false)
    await evening.goesOn('with Postgres again')
    await evening.end()
    // Of whoever posts to both in turns two may change places: docs/reliability.md.
    await expectInOrder(
      evening,
      people.writers.filter(({ node }) => node),
    )
  })

  test(`CHAOS3 everything holds though a node is cut from Postgres and Redis (${way})`, async () => {
    evening = await Evening.begin({ nodes: [{}, {}] })
    const [first, second] = evening.nodes as [StageNode, StageNode]
    const [database, bus] = [evening.areCut('database', [first]), evening.areCut('bus', [first])]
    const isCutFromBoth = async (): Promise<boolean> => (await database()) && bus()
    await evening.fault(
      `a node cut from Postgres and Redis for 15 s (${way})`,
      () => {
        first.toPostgres[way](true)
        first.toRedis[way](true)
      },
      isCutFromBoth,
    )
    const end = performance.now() + CUT_MS
    while (performance.now() < end) await evening.goesOn('at the other node', [second])
    first.toPostgres[way](false)
    first.toRedis[way](false)
    await evening.goesOn('with both again')
    await evening.end()
  })
}

test('CHAOS3 a socket whose line falls silent is given up by both ends within 30 s, and its reader comes back', async () => {
  evening = await Evening.begin({ nodes: [{ env: MEASURED }] })
  const [{ server }] = evening.nodes as [StageNode]
  const line = await TcpProxy.to(server.port)
  const { room } = evening.place
  const reader = new Reader({ url: () => `http://127.0.0.1:${line.port}`, room, transport: 'socket' })
  const silentCuts = async (): Promise<number | undefined> =>
    (await metricsOf(server)).get('halley_connections_cut_total{reason="silent"}')
  try {
    await until('the reader to have joined', () => reader.frames.some(({ type }) => type === 'joined'))
    const began = performance.now()
    const seconds = (): string => ((performance.now() - began) / 1000).toFixed(1)
    const noticed: Record<string, string> = {}
    await evening.fault(
      'the line of a socket silent until both ends have given it up',
      () => line.silence(true),
      async () => {
        if (reader.silences === 1) noticed.reader ??= seconds()
        if ((await silentCuts()) === 1) noticed.node ??= seconds()
        return noticed.reader && noticed.node
      },
    )
    console.log(`  given up by the node after ${noticed.node} s, by its reader after ${noticed.reader} s`)
    expect(Math.max(Number(noticed.node), Number(noticed.reader))).toBeLessThan(32)
    line.silence(false)
    await evening.goesOn('everybody else')
    await evening.end()
    await until(
      'the reader to be back',
      () => reader.known.rev === evening?.people.readers[0]?.reader.known.rev,
    )
  } finally {
    await reader.stop()
    await line.close()
  }
})
