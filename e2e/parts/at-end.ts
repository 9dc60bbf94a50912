import { afterAll, onTestFinished, TestRunner } from 'vitest'

/**
 * Has `close` called when the test that runs is over, or, where none does, its file. A hook that is registered inside a
 * test is never called, and files share their process.
 */
export function atEnd(close: () => unknown): void {
  if (TestRunner.getCurrentTest()) onTestFinished(async () => void (await close()))
  else afterAll(async () => void (await close()))
}
