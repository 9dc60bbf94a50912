import { randomUUID } from 'node:crypto'
import { expect, inject, onTestFinished, test } from 'vitest'
import { parseMetrics } from '../../../e2e/parts/metrics-of.ts'
import { TcpProxy } from '../../../e2e/parts/tcp-proxy.ts'
import { until } from '../../../e2e/parts/until.ts'
import { RedisBus } from '../bus/redis-bus.ts'
import { testApp } from '../test-app.ts'
import { openSocket } from '../transports/test-follower.ts'
import { listen, newPlace } from '../transports/test-place.ts'
import { registry } from './metrics.ts'

/** What `/metrics` says of one thing; undefined where it is absent. */
async function figure(name: string): Promise<number | undefined> {
  return parseMetrics(await registry.metrics()).get(name)
}

test('METRIC11 the bus lag is as long as Redis takes to answer, and absent where Redis is away', async () => {
  const { hostname, port } = new URL(inject('redisUrl'))
  expect(hostname).toMatch(/^(127\.0\.0\.1|localhost)$/)
  const proxy = await TcpProxy.to(Number(port))
  onTestFinished(() => proxy.close())
  const url = `redis://127.0.0.1:${proxy.port}`
  const bus = new RedisBus({ url, prefix: randomUUID(), logger: { warn: () => {} } })
  onTestFinished(() => bus.close())
  const lag = () => figure('halley_bus_lag_seconds')
  await until('a lag to be told', async () => (await lag()) !== undefined)
  proxy.delayMs = 150
  // A probe goes there and comes back.
  const late = await until('the lag to grow', async () => {
    const seconds = (await lag()) ?? 0
    return seconds >= 0.3 && seconds
  })
  expect(late).toBeLessThan(10)
  proxy.delayMs = 0
  proxy.cut()
  await until('the lag to shrink', async () => ((await lag()) ?? 1) < 0.3)
  proxy.refuse(true)
  await until('no lag to be told', async () => (await lag()) === undefined)
})

test('METRIC11 a connection that is not read is counted as cut for being slow, and no other one is', async () => {
  const measured = await testApp()
  const url = await listen(measured)
  const place = await newPlace(measured)
  const cuts = async () => (await figure('halley_connections_cut_total{reason="slow"}')) ?? 0
  const before = await cuts()
  const [quick, stuck] = [openSocket(url), openSocket(url)]
  let [posted, heard] = [0, 0]
  for (const socket of [quick, stuck]) {
    onTestFinished(() => socket.terminate())
    socket.on('open', () => socket.send(JSON.stringify({ type: 'join', room: place.address })))
  }
  quick.on('message', (data) => {
    heard += data.toString().split('"type":"posted"').length - 1
  })
  await Promise.all([quick, stuck].map((socket) => new Promise((joined) => socket.once('message', joined))))
  stuck.pause()
  const text = '字'.repeat(4000)
  await until('the one that reads nothing to be cut', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => place.post(`${n} ${text.slice(10)}`)))
    posted += 20
    return (await cuts()) > before
  })
  expect(await cuts()).toBe(before + 1)
  expect(quick.readyState).toBe(quick.OPEN)
  await until('the other one to have heard all', () => heard === posted)
})
