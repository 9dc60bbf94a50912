// `npx pnpm@12 run test:chaos`: minutes of failing parts, one test after the other; the last line counts them.
// Arguments go to Vitest. Where a title is asked for (`-t`), tests of other titles are not missed.
import { runTests, typedArguments } from './run-tests.ts'
import { tally } from './tally.ts'

const asked = typedArguments()
const { fine, report } = await runTests(['--project=chaos', '--no-file-parallelism', ...asked])
const { passed, failed } = tally(
  asked.includes('-t') && report ? { ...report, numPendingTests: 0 } : report,
  fine,
  0,
)
process.exitCode = failed > 0 || passed === 0 ? 1 : 0
console.log(`${passed} passed, ${failed} failed`)
