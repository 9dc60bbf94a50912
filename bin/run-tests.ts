import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepCompiled } from './compile-cache.ts'
import { ROOT } from './root.ts'
import type { TestReport } from './tally.ts'

/** Runs a Node program in the project's folder; true where it succeeded. */
export function runNode(args: readonly string[]): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
    child.once('close', (code) => resolve(code === 0))
  })
}

/** Vitest with these arguments; no report where it did not run to its end. */
export async function runTests(
  args: readonly string[],
): Promise<{ fine: boolean; report: TestReport | undefined }> {
  keepCompiled()
  const folder = mkdtempSync(join(tmpdir(), 'halley-ci-'))
  const file = join(folder, 'report.json')
  const vitest = join(ROOT, 'node_modules', 'vitest/vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${file}`]
  const fine = await runNode([vitest, 'run', ...reporters, ...args])
  let report: TestReport | undefined
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as TestReport
  } catch {
    console.log('✗ the tests did not run to their end')
  }
  rmSync(folder, { recursive: true, force: true })
  return { fine, report }
}

/** What was typed after the command's name, with or without the dashes that some package managers hand on. */
export function typedArguments(): string[] {
  return process.argv.slice(process.argv[2] === '--' ? 3 : 2)
}
