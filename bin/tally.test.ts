import { expect, test } from 'vitest'
import { tally } from './tally.ts'

const report = { numPassedTests: 7, numFailedTests: 0, numPendingTests: 0, numFailedTestSuites: 0 }

test('CI1 counts what passed, and nothing else, where all is well', () => {
  expect(tally(report, true, 0)).toEqual({ passed: 7, failed: 0 })
})

test('CI2 counts a failed check as a failure', () => {
  expect(tally(report, true, 2)).toEqual({ passed: 7, failed: 2 })
})

test('CI2 counts a test that was skipped as a failure', () => {
  expect(tally({ ...report, numPendingTests: 1 }, true, 0).failed).toBe(1)
})

test('CI2 finds a failure in a run that ended badly without a failed test', () => {
  expect(tally(report, false, 0).failed).toBe(1)
  expect(tally({ ...report, numFailedTestSuites: 3 }, false, 0).failed).toBe(3)
  expect(tally(undefined, false, 0)).toEqual({ passed: 0, failed: 1 })
})
