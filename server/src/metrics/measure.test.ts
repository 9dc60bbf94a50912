import { expect, test } from 'vitest'
import { testApp } from '../test-app.ts'

const token = 'for the tests of metrics'
const authorization = `Bearer ${token}`
const measured = await testApp({ METRICS_TOKEN: token })
const closed = await testApp()

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
