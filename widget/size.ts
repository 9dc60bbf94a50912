// Prints what each part of the widget weighs on the way to a reader, and fails where a budget is exceeded.
import { existsSync, globSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

const DIST = join(import.meta.dirname, 'dist')
const KB = 1024

/** Of what the build laid beside the file, and the server sends. */
const gzipped = (path: string): number => statSync(`${path}.gz`).size

/** The parts by name, without their hashes. */
function parts(): Map<string, number> {
  const files = globSync('assets/*.js', { cwd: DIST }).map((path) => join(DIST, path))
  const named = files.map((path) => [basename(path).replace(/-.{6}\.js$/, ''), gzipped(path)] as const)
  return new Map([['halley', gzipped(join(DIST, 'halley.js'))], ...named])
}

function check(sizes: ReadonlyMap<string, number>): string[] {
  const sum = (...names: string[]) =>
    names.reduce((total, name) => total + (sizes.get(name) ?? Number.NaN), 0)
  const budgets: [string, number, number][] = [
    ['the loader', sum('halley'), 1.5],
    ['all that a reader downloads', sum('halley', 'feed'), 15],
    ['posting and moderating, as much again', sum('poster', 'session'), 6],
  ]
  return budgets.flatMap(([what, bytes, budget]) => {
    console.log(`${what}: ${(bytes / KB).toFixed(2)} KB of ${budget}`)
    return bytes <= budget * KB ? [] : [`${what} is over its budget`]
  })
}

if (!existsSync(DIST)) throw new Error('build the widget first: npx pnpm@12 build')
const sizes = parts()
for (const [name, bytes] of sizes)
  console.log(`  ${name.padEnd(12)} ${(bytes / KB).toFixed(2)} KB min + gzip`)
const problems = check(sizes)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length ? 1 : 0
