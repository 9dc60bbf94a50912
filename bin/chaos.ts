// `npx pnpm@12 run test:chaos`: minutes of failing parts, one test after the other; the last line counts them.
// Arguments go to Vitest.
import { runTests, typedArguments } from './run-tests.ts'
import { tally } from './tally.ts'

const { fine, report } = await runTests(['--project=chaos', '--no-file-parallelism', ...typedArguments()])
const { passed, failed } = tally(report, fine, 0)
process.exitCode = failed > 0 ? 1 : 0
console.log(`${passed} passed, ${failed} failed`)
