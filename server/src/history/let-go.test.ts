import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { collectGarbage } from '../../../e2e/parts/collect-garbage.ts'
import { PageBytes } from './page-bytes.ts'

const MB = 2 ** 20

test.each(['br', 'gzip'] as const)(
  'HIST12 nothing stays of what compressed a page as %s',
  async (encoding) => {
    const text = Array.from({ length: 3000 }, (_, n) => n * 7919).join()
    collectGarbage()
    const before = process.memoryUsage().arrayBuffers
    for (let n = 0; n < 300; n += 1) {
      const { bytes } = await new PageBytes(text).as(encoding)
      if (bytes.length < 1000) throw new Error('it was to be large')
      await turn()
    }
    for (let n = 0; n < 2; n += 1) {
      collectGarbage({ type: 'minor' })
      await turn()
    }
    expect((process.memoryUsage().arrayBuffers - before) / MB).toBeLessThan(2)
  },
)
