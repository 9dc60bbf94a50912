import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import project from '../../../package.json' with { type: 'json' }
import { testApp } from '../test-app.ts'
import { Allowance } from './allowance.ts'
import { registry } from './metrics.ts'
import { noteMistake } from './mistakes.ts'

const received: string[] = []
const collector = createServer((request, response) => {
  request.on('data', (data) => received.push(`${data}`))
  request.on('end', () => response.writeHead(204).end())
})
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
afterAll(() => void collector.close())
const { port } = collector.address() as AddressInfo
const { app } = await testApp({ ERROR_REPORT_URL: `http://127.0.0.1:${port}/` })
app.get('/breaks', async () => {
  throw new TypeError('cannot read "my secret diary"')
})

const exceptions = async (labels: string): Promise<number> => {
  const line = (await registry.metrics())
    .split('\n')
    .find((text) => text.startsWith(`halley_exceptions_total{${labels}}`))
  return Number(line?.split(' ').at(-1) ?? 0)
}
const told = (code: string) =>
  until(`a report of ${code}`, () =>
    received.map((text) => JSON.parse(text)).find((report) => report.code === code),
  )

test('ERR1 a mistake of the server is counted by release and kind, and posted without what people typed', async () => {
  expect((await app.inject('/breaks')).json().code).toBe('internal')
  expect(await exceptions(`where="server",release="${project.version}",code="TypeError"`)).toBe(1)
  expect(await told('TypeError')).toMatchObject({
    product: 'halley',
    where: 'server',
    release: project.version,
    at: expect.arrayContaining([expect.stringMatching(/^mistakes\.test\.ts:\d+:\d+$/)]),
  })
  expect(received.join()).not.toContain('diary')
  await app.inject('/v1/rooms/no/where')
  expect(received).toHaveLength(1)
})

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
