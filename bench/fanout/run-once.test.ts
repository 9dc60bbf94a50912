import { expect, test } from 'vitest'
import { CONTESTANTS } from './contestants.ts'
import { median } from './median.ts'
import { runOnce } from './run-once.ts'

const plan = { readers: 20, itemBytes: 300, warmupSeconds: 0.1, seconds: 0.3 }

test.each(CONTESTANTS.map(({ name }) => name))(
  'BENCH4 every reader of %s gets every item, at either pace',
  async (name) => {
    const contestant = CONTESTANTS.find((one) => one.name === name) as (typeof CONTESTANTS)[number]
    const saturated = await runOnce(contestant, { ...plan, pace: { window: 8 } })
    expect(saturated).toMatchObject({ wrong: 0 })
    expect(saturated.deliveries).toBeGreaterThan(0)
    expect(saturated.cpuSeconds).toBeGreaterThan(0)
    const paced = await runOnce(contestant, { ...plan, seconds: 1, pace: { perSecond: 50 } })
    expect(paced).toMatchObject({ wrong: 0 })
    expect(paced.p99).toBeGreaterThanOrEqual(paced.p50 as number)
  },
)

test('BENCH5 a median is the middle, or the mean of the two in the middle', () => {
  expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5])
})
