import { expect, test } from 'vitest'
import { TimedCache } from './timed-cache.ts'

test('AUTH4 an answer is remembered from its question on, for so long and no longer', async () => {
  let now = 0
  let asked = 0
  const cache = new TimedCache<number>(100, 10, { now: () => now })
  const load = async () => {
    asked += 1
    const answer = asked
    now += 40
    return answer
  }
  expect(await Promise.all([cache.get('a', load), cache.get('a', load)])).toEqual([1, 1])
  now = 99
  expect(await cache.get('a', load)).toBe(1)
  now = 100
  expect(await cache.get('a', load)).toBe(2)
  expect(await cache.get('b', load)).toBe(3)
})

test('AUTH7 a failure is not remembered, and no more answers than there is room for', async () => {
  const cache = new TimedCache<string>(100, 2, { now: () => 0 })
  const failed = cache.get('a', () => Promise.reject(new Error('away')))
  await expect(failed).rejects.toThrow('away')
  expect(await cache.get('a', async () => 'back')).toBe('back')
  for (const key of ['b', 'c']) await cache.get(key, async () => key)
  expect(await cache.get('c', async () => 'anew')).toBe('c')
  expect(await cache.get('a', async () => 'anew')).toBe('anew')
})

test('AUTH7 only who asks for it is told an answer that is old, where asking again fails', async () => {
  let now = 0
  const answers = async (orStale: boolean) => {
    const cache = new TimedCache<string>(100, 2, { now: () => now, orStale })
    await cache.get('a', async () => 'first')
    now += 100
    const fails = () => Promise.reject(new Error('away'))
    const second = await cache.get('a', fails).catch(() => 'nothing')
    now += 100
    return [second, await cache.get('a', fails).catch(() => 'nothing')]
  }
  expect(await answers(true)).toEqual(['first', 'first'])
  expect(await answers(false)).toEqual(['nothing', 'nothing'])
})
