/** What Vitest's JSON reporter writes, as far as it is counted here. */
export interface TestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numFailedTestSuites: number
}

/** The last line's numbers. Nothing that went wrong may end as "0 failed", and a test that did not run has failed. */
export function tally(
  report: TestReport | undefined,
  testsFine: boolean,
  failedChecks: number,
): { passed: number; failed: number } {
  if (!report) return { passed: 0, failed: failedChecks + 1 }
  const tests = report.numFailedTests + report.numPendingTests
  const hidden = !testsFine && tests === 0 ? Math.max(1, report.numFailedTestSuites) : 0
  return { passed: report.numPassedTests, failed: tests + hidden + failedChecks }
}
