import { expect, test } from 'vitest'
import { rareLine } from './logger.ts'

test('METRIC7 what goes wrong again and again is one line every ten seconds, with how often, and without a stack', () => {
  const lines: unknown[] = []
  const log = { warn: (facts: unknown, message?: unknown) => void lines.push([facts, message]) }
  let now = 0
  const failed = rareLine(log, 'it is away', () => now)
  for (; now <= 10_000; now += 100) failed(new Error('no answer'))
  expect(lines).toEqual([
    [{ why: 'Error: no answer', times: 1 }, 'it is away'],
    [{ why: 'Error: no answer', times: 100 }, 'it is away'],
  ])
})
