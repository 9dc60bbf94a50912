// `npx pnpm@12 test`: every check, then every test; the last line counts them. Arguments go to Vitest.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './root.ts'
import { type TestReport, tally } from './tally.ts'

const bin = (path: string): string => join(ROOT, 'node_modules', path)

/** Runs a Node program in the project's folder; true where it succeeded. */
function node(args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('close', (code) => resolve(code === 0))
  })
}

async function check(name: string, args: string[]): Promise<string | undefined> {
  const begun = performance.now()
  const fine = await node(args)
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

const folder = mkdtempSync(join(tmpdir(), 'halley-ci-'))
const file = join(folder, 'report.json')
const vitest = [
  bin('vitest/vitest.mjs'),
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${file}`,
]
const asked = process.argv.slice(process.argv[2] === '--' ? 3 : 2)
const testsFine = await node([...vitest, ...asked])
let report: TestReport | undefined
try {
  report = JSON.parse(readFileSync(file, 'utf8')) as TestReport
} catch {
  console.log('✗ the tests did not run to their end')
}
rmSync(folder, { recursive: true, force: true })

const { passed, failed } = tally(report, testsFine, failedChecks.length)
for (const name of failedChecks) console.log(`✗ ${name}`)
process.exitCode = failed > 0 ? 1 : 0
console.log(`${passed} passed, ${failed} failed`)
