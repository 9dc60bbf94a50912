import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import type { Count } from './limits.ts'
import { whileItAnswers } from './while-it-answers.ts'

function store(): { count: Count; asked: number; stopped: boolean } {
  const one = {
    asked: 0,
    stopped: false,
    count: async () => {
      one.asked += 1
      return one.stopped ? new Promise<undefined>(() => {}) : 1
    },
  }
  return one
}

test('LIMIT8 counts alone while the store is stopped, asks it seldom, and goes back to it', async () => {
  const [together, alone] = [store(), store()]
  const count = whileItAnswers(together.count, alone.count, () => true)
  await count('a', 1)
  expect([together.asked, alone.asked]).toEqual([1, 0])
  together.stopped = true
  await Promise.all([count('a', 1), count('b', 1)])
  expect([together.asked, alone.asked]).toEqual([3, 2])
  for (let n = 0; n < 100; n += 1) await count('a', 1)
  expect([together.asked, alone.asked], 'one pause is not over').toEqual([3, 102])
  together.stopped = false
  await until('the store to be asked again', async () => {
    await count('a', 1)
    return together.asked > 3
  })
  const before = alone.asked
  await Promise.all([count('a', 1), count('b', 1)])
  expect(alone.asked).toBe(before)
})

test('LIMIT8 counts alone where the store answers with errors', async () => {
  const alone = store()
  let asked = 0
  const together = async () => {
    asked += 1
    throw new Error('OOM command not allowed')
  }
  const count = whileItAnswers(together, alone.count, () => true)
  for (let n = 0; n < 10; n += 1) expect(await count('a', 1)).toBe(1)
  expect([asked, alone.asked]).toEqual([1, 10])
})

test('LIMIT8 lets one alone try a store that was stopped', async () => {
  const [together, alone] = [store(), store()]
  const count = whileItAnswers(together.count, alone.count, () => true)
  together.stopped = true
  await count('a', 1)
  await until('the store to be asked again', async () => {
    void count('a', 1)
    void count('b', 1)
    await turn()
    return together.asked > 1
  })
  expect(together.asked).toBe(2)
})

test('LIMIT8 counts alone where the store is not connected', async () => {
  const [together, alone] = [store(), store()]
  const count = whileItAnswers(together.count, alone.count, () => false)
  await count('a', 1)
  expect([together.asked, alone.asked]).toEqual([0, 1])
})
