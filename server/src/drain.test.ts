import { expect, it } from 'vitest'
import { until } from '../../e2e/parts/until.ts'
import { testApp } from './test-app.ts'
import type { Connection } from './transports/connections.ts'
import { Connections } from './transports/connections.ts'
import type { Transport } from './transports/test-follower.ts'
import { listen, newPlace } from './transports/test-place.ts'
import { watchers } from './transports/test-watching.ts'

const test = await testApp()
const url = await listen(test)
const watch = watchers(url)
const at = { delayMs: 0, windowMs: 0 }

it('LIFE1 sends every reader away in order, is not ready, and lets nobody in', async () => {
  const place = await newPlace(test)
  const { position } = await place.post('one')
  const readers = (['socket', 'stream', 'poll'] as Transport[]).map((transport) =>
    watch(transport, [{ room: place.address, since: position }]),
  )
  await until('all three to follow', () => test.hub.counts().readers === 3)
  const health = async (path: string) => {
    const { statusCode, body } = await test.app.inject(path)
    return { statusCode, ...JSON.parse(body) }
  }
  expect(await health('/health/ready')).toEqual({
    statusCode: 200,
    status: 'ready',
    database: 'up',
    bus: 'up',
    spool: 'none',
    draining: false,
    roles: ['api', 'stream', 'ingest', 'jobs'],
  })

  const going = test.drain.begin(at)
  expect(test.drain.begin(at)).toBe(going)
  expect(await health('/health/ready')).toMatchObject({ statusCode: 503, draining: true, database: 'up' })
  await going
  expect(await health('/health/live')).toMatchObject({ statusCode: 200, status: 'live' })
  expect(test.hub.counts().readers).toBe(0)
  expect(await Promise.all(readers.map(({ ended }) => ended))).toEqual(['1012', 'end', 'goaway'])
  for (const reader of readers) {
    expect(reader.frames.at(-1)).toEqual({ type: 'goaway', afterMs: expect.any(Number) })
    expect(reader.frames.filter(({ type }) => type === 'goaway')).toHaveLength(1)
  }
  for (const path of ['stream', 'poll']) {
    const { statusCode, headers, body } = await test.app.inject(`/v1/${path}?room=${place.address}`)
    expect([statusCode, headers['retry-after'], JSON.parse(body).code]).toEqual([503, '1', 'draining'])
  }
  expect(await watch('socket', [{ room: place.address }]).ended).toBe('1006')
  await place.post('still open to writers')
})

it('LIFE2 spreads the going over its window, and no further when it is hurried', async () => {
  const went = async (windowMs: number, hurried = false): Promise<number[]> => {
    const connections = new Connections()
    const times: number[] = []
    for (let i = 0; i < 40; i += 1) {
      const connection: Connection = {
        transport: 'poll',
        tick() {},
        goAway() {
          times.push(performance.now())
          connections.delete(connection)
        },
        end() {},
        destroy() {},
      }
      connections.add(connection)
    }
    const going = connections.goAway(windowMs)
    if (hurried) connections.hurry()
    await going
    return times
  }
  const spread = await went(400)
  expect(spread).toHaveLength(40)
  expect((spread.at(-1) as number) - (spread[0] as number)).toBeGreaterThan(300)
  expect(await went(600_000, true)).toHaveLength(40)
})

it('LIFE7 whoever is sent away over a window goes on hearing of everything until they had time to come back', async () => {
  const again = await testApp()
  const watchAgain = watchers(await listen(again))
  const place = await newPlace(again)
  const { position } = await place.post('one')
  const readers = (['socket', 'stream'] as Transport[]).map((transport) =>
    watchAgain(transport, [{ room: place.address, since: position }]),
  )
  await until('both to follow', () => again.hub.counts().readers === 2)
  const going = again.drain.begin({ delayMs: 0, windowMs: 1 })
  for (const reader of readers) await reader.frame('goaway')
  await place.post('after the word')
  for (const reader of readers) await reader.hears('after the word')
  expect(again.hub.counts().readers).toBe(2)
  await going
  expect(await Promise.all(readers.map(({ ended }) => ended))).toEqual(['1012', 'end'])
})
