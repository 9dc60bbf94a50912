// Prints what each part of the widget weighs on the way to a reader, and fails where a budget is exceeded.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'

const DIST = join(import.meta.dirname, 'dist')
const KB = 1024

/** Bytes on the way to a reader: as the build laid the file down for the server to send, and by plain `gzip -9`. */
interface Weight {
  readonly sent: number
  readonly plain: number
}

const weigh = (path: string): Weight => ({
  sent: statSync(`${path}.gz`).size,
  plain: gzipSync(readFileSync(path), { level: 9 }).length,
})

/** The parts by name, without their hashes. */
function parts(): Map<string, Weight> {
  const files = globSync('assets/*.js', { cwd: DIST }).map((path) => join(DIST, path))
  const named = files.map((path) => [basename(path).replace(/-.{6}\.js$/, ''), weigh(path)] as const)
  return new Map([['halley', weigh(join(DIST, 'halley.js'))], ...named])
}

const inKb = (bytes: number): string => (bytes / KB).toFixed(2)

/** What is promised is held as it is sent; by plain gzip, where only a number stands, that nothing grows unseen. */
function check(sizes: ReadonlyMap<string, Weight>): string[] {
  const sum = (count: keyof Weight, names: readonly string[]) =>
    names.reduce((total, name) => total + (sizes.get(name)?.[count] ?? Number.NaN), 0)
  const budgets: [string, string[], number, number][] = [
    ['the loader', ['halley'], 1.5, 1.5],
    ['all that a reader downloads', ['halley', 'feed'], 15, 15.5],
    ['the same where WebSockets are blocked', ['halley', 'feed', 'fallback'], 15.9, 16.4],
    ['posting and moderating, as much again', ['poster', 'session'], 6, 6.2],
  ]
  return budgets.flatMap(([what, names, sentKb, plainKb]) => {
    const [sent, plain] = [sum('sent', names), sum('plain', names)]
    console.log(`${what}: ${inKb(sent)} KB of ${sentKb} as sent, ${inKb(plain)} of ${plainKb} by gzip -9`)
    return sent <= sentKb * KB && plain <= plainKb * KB ? [] : [`${what} is over its budget`]
  })
}

if (!existsSync(DIST)) throw new Error('build the widget first: npx pnpm@12 build')
const sizes = parts()
for (const [name, { sent, plain }] of sizes)
  console.log(`  ${name.padEnd(12)} ${inKb(sent)} KB as sent, ${inKb(plain)} KB by gzip -9`)
const problems = check(sizes)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length ? 1 : 0
