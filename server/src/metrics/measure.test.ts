import { expect, test } from 'vitest'
import { parseMetrics } from '../../../e2e/parts/metrics-of.ts'
import { until } from '../../../e2e/parts/until.ts'
import { testApp } from '../test-app.ts'
import { listen, newPlace } from '../transports/test-place.ts'
import { watchers } from '../transports/test-watching.ts'

const token = 'for the tests of metrics'
const authorization = `Bearer ${token}`
const measured = await testApp({ METRICS_TOKEN: token })
const closed = await testApp()
const watch = watchers(await listen(measured))

async function read(name: string): Promise<string[]> {
  const { payload } = await measured.app.inject({ url: '/metrics', headers: { authorization } })
  return payload.split('\n').filter((line) => line.startsWith(name))
}

test('METRIC1 /metrics answers whoever has the token, and nobody where none is set', async () => {
  const asks = [undefined, 'Bearer', 'Bearer for the tests of metricz', `Guest ${token}`]
  for (const said of asks) {
    const answer = await measured.app.inject({
      url: '/metrics',
      headers: said ? { authorization: said } : {},
    })
    expect([answer.statusCode, answer.json().code], said).toEqual([401, 'token-invalid'])
  }
  const answer = await measured.app.inject({ url: '/metrics', headers: { authorization } })
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([
    200,
    expect.stringContaining('text/plain'),
  ])
  expect((await closed.app.inject({ url: '/metrics', headers: { authorization } })).statusCode).toBe(404)
})

test('METRIC2 requests are timed by route and status, and problems counted by code, without a name of any tenant', async () => {
  const site = await measured.site()
  const room = await measured.room(site)
  await measured.app.inject(`/v1/rooms/${room.address}`)
  await measured.app.inject(`/v1/rooms/${site.slug}/nowhere`)
  const counted = await read('halley_http_request_duration_seconds_count')
  const route = 'method="GET",route="/v1/rooms/:site/:room"'
  expect(counted).toContain(`halley_http_request_duration_seconds_count{${route},status="200"} 1`)
  expect(counted).toContain(`halley_http_request_duration_seconds_count{${route},status="404"} 1`)
  expect(await read('halley_problems_total{code="room-unknown"}')).toEqual([
    'halley_problems_total{code="room-unknown"} 1',
  ])
  expect((await read('')).join()).not.toContain(site.slug)
  expect(await read('nodejs_eventloop_lag_p99_seconds')).toHaveLength(1)
})

test('METRIC3 what readers are sent is counted by transport, posts are timed to the last reader of a process', async () => {
  const place = await newPlace(measured)
  const first = await place.post('before anybody came')
  const before = await numbers()
  const readers = (['socket', 'stream'] as const).map((way) =>
    watch(way, [{ room: place.address, since: first.position }]),
  )
  for (const reader of readers) await reader.frame('joined')
  const { position } = await place.post('to two readers')
  for (const reader of readers) await reader.reaches(position)
  const polled = watch('poll', [{ room: place.address, since: first.position }])
  await polled.reaches(position)
  const after = await until('the pass to be timed', async () => {
    const now = await numbers()
    return now.halley_post_to_socket_seconds_count !== before.halley_post_to_socket_seconds_count && now
  })
  const more = (name: string) => (after[name] ?? 0) - (before[name] ?? 0)
  expect(more('halley_connections{transport="socket"}')).toBe(1)
  expect(more('halley_connections{transport="stream"}')).toBe(1)
  expect(more('halley_joins_total')).toBeGreaterThanOrEqual(3)
  expect([more('halley_frames_total'), more('halley_deliveries_total')]).toEqual([2, 2])
  for (const way of ['socket', 'stream', 'poll'])
    expect(more(`halley_sent_bytes_total{transport="${way}"}`)).toBeGreaterThan(100)
  expect(after.halley_readers).toBeGreaterThanOrEqual(2)
  expect(after.halley_readers_peak).toBeGreaterThanOrEqual(after.halley_readers as number)
  expect(more('halley_changes_total{type="posted"}')).toBe(1)
  expect(more('halley_append_batch_changes_count')).toBe(1)
  expect(more('halley_append_duration_seconds_count')).toBe(1)
  expect(more('halley_post_to_socket_seconds_count')).toBe(1)
  expect([after.halley_database_up, after.halley_bus_connected, after.halley_append_waiting]).toEqual([
    1, 1, 0,
  ])
})

/** All that `/metrics` says, by name and labels. */
async function numbers(): Promise<Record<string, number>> {
  return Object.fromEntries(parseMetrics((await read('halley_')).join('\n')))
}
