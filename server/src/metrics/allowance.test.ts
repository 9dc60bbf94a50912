import { expect, test } from 'vitest'
import { parseMetrics } from '../../../e2e/parts/metrics-of.ts'
import { until } from '../../../e2e/parts/until.ts'
import { testApp } from '../test-app.ts'
import { Allowance } from './allowance.ts'
import { registry } from './metrics.ts'
import { noteMistake } from './mistakes.ts'
import { testCollector } from './test-collector.ts'

const { url, received } = await testCollector()
await testApp({ ERROR_REPORT_URL: url })

/** How many mistakes were posted, or were not and never will be. */
async function reports(result: 'taken' | 'failed' | 'left-out'): Promise<number> {
  const metrics = parseMetrics(await registry.metrics())
  return metrics.get(`halley_error_reports_total{result="${result}"}`) ?? 0
}

test('ERR3 no more is posted than is allowed a minute, and nobody waits for it', async () => {
  // No more at a time than may be under way: what is left out is so for the minute's sake.
  const [turns, atOnce] = [12, 4]
  for (let turn = 1; turn <= turns; turn += 1) {
    for (let n = 0; n < atOnce; n += 1) noteMistake(Object.assign(new Error(), { code: 'FLOOD' }))
    await until('the end of each report', async () => {
      const ended = (await reports('taken')) + (await reports('failed')) + (await reports('left-out'))
      return ended === turn * atOnce
    })
  }
  expect(received.filter((report) => report.includes('FLOOD'))).toHaveLength(30)
  expect(await reports('left-out')).toBe(turns * atOnce - 30)
})

test('ERR3 what is allowed a minute is allowed again in the next one', () => {
  const allowance = new Allowance(2)
  expect([0, 1, 2, 59_999, 60_000].map((now) => allowance.take(now))).toEqual([
    true,
    true,
    false,
    false,
    true,
  ])
})
