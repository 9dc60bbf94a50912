import { expect, it } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { metrics } from '../metrics/metrics.ts'
import { testApp } from '../test-app.ts'
import { openSocket } from './test-follower.ts'
import { listen, newPlace } from './test-place.ts'
import { watchers } from './test-watching.ts'

const asks = await testApp({ ACK_SHARE: '100' })
const quiet = await testApp()
const [url, quietUrl] = [await listen(asks), await listen(quiet)]
const watch = watchers(url)
const watchQuiet = watchers(quietUrl)

async function lags(): Promise<{ count: number; sum: number }> {
  const { values } = await metrics.readerLagSeconds.get()
  const of = (end: string) => values.find(({ metricName }) => metricName?.endsWith(end))?.value ?? 0
  return { count: of('_count'), sum: of('_sum') }
}

async function acks(state: string): Promise<number> {
  const { values } = await metrics.acks.get()
  return values.find(({ labels }) => labels.state === state)?.value ?? 0
}

/** A socket that joins a room and says something once it has. */
async function joinAndSay(base: string, room: string, say: object): Promise<void> {
  const socket = openSocket(base)
  socket.on('open', () => socket.send(JSON.stringify({ type: 'join', room })))
  const frames: string[] = []
  socket.on('message', (data) => frames.push(`${data}`))
  await until('joined', () => frames.some((text) => text.includes('"joined"')))
  socket.send(JSON.stringify(say))
  socket.send(JSON.stringify({ type: 'ping' }))
  await until('pong', () => frames.some((text) => text.includes('"pong"')))
  expect(frames.join()).not.toContain('"error"')
  socket.close()
}

it.each(['socket', 'stream', 'poll'] as const)(
  'ACK1 asks the share of readers that is set to confirm what they show, by %s',
  async (transport) => {
    const place = await newPlace(asks)
    const other = await newPlace(quiet)
    expect(await watch(transport, [{ room: place.address }]).frame('joined')).toMatchObject({ ack: true })
    expect(await watchQuiet(transport, [{ room: other.address }]).frame('joined')).not.toHaveProperty('ack')
  },
)

it('ACK2 counts the delay that readers tell of and whether they are current, and nothing of who was not asked', async () => {
  const place = await newPlace(asks)
  const { position } = await place.post('shown')
  const ack = { type: 'ack', positions: { [place.address]: position }, lagMs: 250, more: 'of a newer page' }
  const [before, current] = [await lags(), await acks('current')]
  await joinAndSay(url, place.address, ack)
  expect(await lags()).toEqual({ count: before.count + 1, sum: before.sum + 0.25 })
  expect(await acks('current')).toBe(current + 1)

  const behind = await acks('behind')
  await joinAndSay(url, place.address, { ...ack, positions: { [place.address]: 'zzzz:1' } })
  expect(await acks('behind')).toBe(behind + 1)

  const now = await lags()
  const other = await newPlace(quiet)
  await joinAndSay(quietUrl, other.address, { ...ack, positions: { [other.address]: position } })
  expect(await lags()).toEqual(now)
  const payload = { positions: { [other.address]: position }, lagMs: 3_600_000 }
  await quiet.app.inject({ method: 'POST', url: '/v1/ack', payload })
  await asks.app.inject({ method: 'POST', url: '/v1/ack', payload: { positions: {}, lagMs: 3_600_000 } })
  expect(await lags()).toEqual(now)
})

it('ACK3 takes the same by POST, tells the clock of the server, and answers alike for rooms that are not there', async () => {
  const place = await newPlace(asks)
  const { position } = await place.post('shown')
  const stream = watch('stream', [{ room: place.address, since: position }])
  await stream.frame('joined')
  const [before, current] = [await lags(), await acks('current')]
  const say = (payload: object) => asks.app.inject({ method: 'POST', url: '/v1/ack', payload })
  const known = await say({ positions: { [place.address]: position }, lagMs: 40 })
  expect(await lags()).toMatchObject({ count: before.count + 1 })
  expect(await acks('current')).toBe(current + 1)
  const unknown = await say({ positions: { 'no/where': 'k3f9:1' } })
  expect([known.statusCode, unknown.statusCode]).toEqual([200, 200])
  for (const answer of [known, unknown])
    expect(Math.abs(Date.parse(answer.json().at) - Date.now())).toBeLessThan(60_000)
  expect((await say({ positions: {}, lagMs: -1 })).json().code).toBe('bad-request')
})
