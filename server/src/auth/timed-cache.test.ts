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

test('AUTH8 an old answer stands in where asking again fails, for so long and where that is asked for', async () => {
  let now = 0
  const answers = async (staleMs: number) => {
    const cache = new TimedCache<string>(100, 2, { now: () => now, staleMs })
    await cache.get('a', async () => 'first')
    const fails = () => Promise.reject(new Error('away'))
    const told: string[] = []
    for (let tries = 0; tries < 3; tries += 1) {
      now += 100
      told.push(await cache.get('a', fails).catch(() => 'nothing'))
    }
    return told
  }
  expect(await answers(Number.POSITIVE_INFINITY)).toEqual(['first', 'first', 'first'])
  expect(await answers(250)).toEqual(['first', 'first', 'nothing'])
  expect(await answers(0)).toEqual(['nothing', 'nothing', 'nothing'])
})

test('AUTH8 where nothing answers an old answer is not waited with for long, and a new one takes its place', async () => {
  let now = 0
  const cache = new TimedCache<string>(100, 2, { now: () => now, staleMs: 1000 })
  await cache.get('a', async () => 'first')
  now = 100
  const hangs = Promise.withResolvers<string>()
  expect(await cache.get('a', () => hangs.promise)).toBe('first')
  hangs.resolve('second')
  await hangs.promise
  expect(await cache.get('a', async () => 'third')).toBe('second')
})
