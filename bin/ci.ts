// `npx pnpm@12 test`: every check, then every test; the last line counts them. Arguments go to Vitest.
import { join } from 'node:path'
import { ROOT } from './root.ts'
import { runNode, runTests, typedArguments } from './run-tests.ts'
import { tally } from './tally.ts'

const bin = (path: string): string => join(ROOT, 'node_modules', path)

async function check(name: string, args: string[]): Promise<string | undefined> {
  const begun = performance.now()
  const fine = await runNode(args)
  console.log(`${fine ? '✓' : '✗'} ${name} (${((performance.now() - begun) / 1000).toFixed(1)} s)`)
  return fine ? undefined : name
}

const failedChecks = (
  await Promise.all([
    check('lint and format', [bin('@biomejs/biome/bin/biome'), 'check', '.']),
    check('types', [bin('typescript/bin/tsc'), '-p', '.']),
    check('house rules', [join(ROOT, 'bin', 'check.ts')]),
    check('widget build', [join(ROOT, 'bin', 'build.ts')]).then(
      (failed) => failed ?? check('widget budget', [join(ROOT, 'widget', 'size.ts')]),
    ),
  ])
).filter((name) => name !== undefined)

const { fine, report } = await runTests(['--project=!chaos', ...typedArguments()])
const { passed, failed } = tally(report, fine, failedChecks.length)
for (const name of failedChecks) console.log(`✗ ${name}`)
process.exitCode = failed > 0 ? 1 : 0
console.log(`${passed} passed, ${failed} failed`)
