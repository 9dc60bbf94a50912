// `npx pnpm@12 check`: what the linter and the compiler cannot know about this house. Prints what is wrong, one a line.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { checkDoors } from './checks/doors.ts'
import { checkLevels } from './checks/levels.ts'
import { checkMachinePaths } from './checks/machine-paths.ts'
import { checkNames } from './checks/names.ts'
import { checkSizes } from './checks/sizes.ts'
import { type Check, readProject } from './checks/source-file.ts'
import { checkSpec } from './checks/spec.ts'
import { ROOT } from './root.ts'

const CHECKS: Readonly<Record<string, Check>> = {
  levels: checkLevels,
  doors: checkDoors,
  names: checkNames,
  sizes: checkSizes,
  spec: checkSpec,
  'machine paths': checkMachinePaths,
}

const root = process.argv[2] ?? ROOT
const files = readProject(root)
let findings = 0
for (const [name, check] of Object.entries(CHECKS)) {
  for (const { path, what } of check(files)) {
    findings += 1
    console.log(`${name}: ${path}: ${what}`)
  }
}
if (root === ROOT) {
  const knip = join(ROOT, 'node_modules', 'knip', 'bin', 'knip.js')
  const unused = spawnSync(process.execPath, [knip, '--no-progress'], { cwd: ROOT, stdio: 'inherit' })
  if (unused.status !== 0) findings += 1
}
process.exitCode = findings > 0 ? 1 : 0
