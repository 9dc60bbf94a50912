import { expect, it } from 'vitest'
import { TokenBucket } from './token-bucket.ts'

it('PEER4 lets a burst through, then so many a second, and says how long to wait', () => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 2 }, 1000)
  expect([1, 2, 3].map(() => bucket.take(1000))).toEqual([0, 0, 0])
  expect(bucket.take(1000)).toBe(500)
  expect(bucket.take(1400)).toBe(100)
  expect(bucket.take(1500)).toBe(0)
  expect(bucket.take(1500)).toBe(500)
  expect([1, 2, 3, 4].map(() => bucket.take(1_000_000))).toEqual([0, 0, 0, 500])
})

it('PEER4 is not fooled by a clock that goes back', () => {
  const bucket = new TokenBucket({ burst: 1, perSecond: 1 }, 1000)
  expect(bucket.take(1000)).toBe(0)
  expect(bucket.take(0)).toBe(1000)
  expect(bucket.take(500)).toBe(500)
})
