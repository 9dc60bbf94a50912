import { expect, test } from 'vitest'
import { judge } from './verdict.ts'

const noise = (n: number): number => ((n * 7919) % 13) - 6

test('BENCH10 what grows with time is told from what only goes up and down, after it has warmed up', () => {
  const of = (value: (n: number) => number) => ({
    name: 'memory',
    values: Array.from({ length: 40 }, (_, n) => value(n)),
    mostShare: 0.1,
    nothing: 2,
  })
  expect(judge(of((n) => 100 + noise(n)))).toMatchObject({ isFlat: true, most: expect.closeTo(10, 0) })
  expect(judge(of((n) => 100 + n + noise(n))).isFlat).toBe(false)
  expect(judge(of((n) => 100 + n)).growth).toBeCloseTo(31)
  expect(judge(of((n) => (n < 8 ? 50 + n : 100))).isFlat).toBe(true)
  expect(judge(of((n) => 1 + n / 100)).isFlat).toBe(true)
  expect(judge(of((n) => 200 - n)).isFlat).toBe(true)
})
