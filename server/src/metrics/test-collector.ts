import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { atEnd } from '../../../e2e/parts/at-end.ts'
import { parseMetrics } from '../../../e2e/parts/metrics-of.ts'
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
  atEnd(() => void collector.close())
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
  return parseMetrics(await registry.metrics()).get(`halley_exceptions_total{${labels}}`) ?? 0
}
