import { expect, test } from 'vitest'
import { parseMetrics } from '../../../e2e/parts/metrics-of.ts'
import { testApp } from '../test-app.ts'
import { listen, newPlace } from '../transports/test-place.ts'
import { watchers } from '../transports/test-watching.ts'

const token = 'for the tests of resets'
const measured = await testApp({ METRICS_TOKEN: token })
const watch = watchers(await listen(measured))

/** What `/metrics` says, by name and labels. */
async function numbers(): Promise<Record<string, number>> {
  const headers = { authorization: `Bearer ${token}` }
  const { payload } = await measured.app.inject({ url: '/metrics', headers })
  return Object.fromEntries(parseMetrics(payload))
}

test('METRIC4 readers who have to load a room anew are counted by reason, and connections cut by reason', async () => {
  const place = await newPlace(measured)
  const { position } = await place.post('of this life')
  const before = await numbers()
  const lost = watch('socket', [{ room: place.address, since: `zzzz:${position.split(':')[1]}` }])
  await lost.frame('reset')
  const ahead = watch('socket', [{ room: place.address, since: `${position}0` }])
  await ahead.frame('reset')
  await measured.drain.begin({ delayMs: 0, windowMs: 0 })
  const after = await numbers()
  const more = (name: string) => (after[name] ?? 0) - (before[name] ?? 0)
  expect(more('halley_resets_total{reason="epoch"}')).toBe(1)
  expect(more('halley_resets_total{reason="ahead"}')).toBe(1)
  expect(more('halley_connections_cut_total{reason="goaway"}')).toBeGreaterThanOrEqual(2)
  expect([after.halley_draining, after['halley_connections{transport="socket"}']]).toEqual([1, 0])
})
