import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { registry } from './metrics.ts'

/** Takes what is reported of mistakes, for one file of tests: a process reports only so many a minute. */
export async function testCollector() {
  const received: string[] = []
  const collector = createServer((request, response) => {
    request.on('data', (data) => received.push(`${data}`))
    request.on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
  afterAll(() => void collector.close())
  const { port } = collector.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    received,
    told: (code: string) =>
      until(`a report of ${code}`, () =>
        received.map((text) => JSON.parse(text)).find((report) => report.code === code),
      ),
  }
}

/** How many mistakes with these labels are counted. */
export async function exceptions(labels: string): Promise<number> {
  const line = (await registry.metrics())
    .split('\n')
    .find((text) => text.startsWith(`halley_exceptions_total{${labels}}`))
  return Number(line?.split(' ').at(-1) ?? 0)
}
