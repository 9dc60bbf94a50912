import { expect, test } from 'vitest'
import { testApp } from '../test-app.ts'
import { registry } from './metrics.ts'
import { exceptions, testCollector } from './test-collector.ts'

const { url, told } = await testCollector()
const { app } = await testApp({ ERROR_REPORT_URL: url })

test('ERR2 a mistake of the widget is counted by its release and kind, and bounded in what it may say', async () => {
  const say = (payload: object) => app.inject({ method: 'POST', url: '/v1/faults', payload })
  const report = { release: '0.0.7', code: 'RangeError', at: ['feed-abc123.js:1:2345'] }
  expect((await say(report)).statusCode).toBe(204)
  expect(await exceptions('where="widget",release="0.0.7",code="RangeError"')).toBe(1)
  expect(await told('RangeError')).toMatchObject({ where: 'widget', ...report })
  for (const wrong of [
    { code: 'what Ada said' },
    { at: ['https://page.example/?q=secret'] },
    { release: 'a b' },
  ])
    expect((await say({ ...report, ...wrong })).json().code).toBe('bad-request')
  for (let n = 0; n < 60; n += 1) await say({ ...report, release: `0.1.${n}` })
  const lines = (await registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith('halley_exceptions_total'))
  expect(lines.length).toBeLessThan(25)
  expect(await exceptions('where="widget",release="other",code="RangeError"')).toBeGreaterThan(30)
})
