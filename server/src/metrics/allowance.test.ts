import { expect, test } from 'vitest'
import { testApp } from '../test-app.ts'
import { Allowance } from './allowance.ts'
import { registry } from './metrics.ts'
import { noteMistake } from './mistakes.ts'
import { testCollector } from './test-collector.ts'

const { url, received } = await testCollector()
await testApp({ ERROR_REPORT_URL: url })

test('ERR3 no more is posted than is allowed a minute, and nobody waits for it', async () => {
  for (let n = 0; n < 200; n += 1) noteMistake(Object.assign(new Error(), { code: 'FLOOD' }))
  const text = await registry.metrics()
  expect(text).toMatch(/halley_error_reports_total\{result="left-out"\} \d{3}/)
  expect(received.filter((report) => report.includes('FLOOD')).length).toBeLessThanOrEqual(30)
  const allowance = new Allowance(2)
  expect([0, 1, 2, 59_999, 60_000].map((now) => allowance.take(now))).toEqual([
    true,
    true,
    false,
    false,
    true,
  ])
})
