import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { PageBytes } from './page-bytes.ts'

setFlagsFromString('--expose-gc')
const collect: (options?: { type: 'minor' }) => void = runInNewContext('gc')
const MB = 2 ** 20

test.each(['br', 'gzip'] as const)(
  'HIST12 nothing stays of what compressed a page as %s',
  async (encoding) => {
    const text = Array.from({ length: 3000 }, (_, n) => n * 7919).join()
    collect()
    const before = process.memoryUsage().arrayBuffers
    for (let n = 0; n < 300; n += 1) {
      const { bytes } = await new PageBytes(text).as(encoding)
      if (bytes.length < 1000) throw new Error('it was to be large')
      await turn()
    }
    for (let n = 0; n < 2; n += 1) {
      collect({ type: 'minor' })
      await turn()
    }
    expect((process.memoryUsage().arrayBuffers - before) / MB).toBeLessThan(2)
  },
)
