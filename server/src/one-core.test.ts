import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { argumentsFor, ONE_HELPER } from './one-core.ts'

const MODULE = fileURLToPath(new URL('./one-core.ts', import.meta.url))
/** Says what it was started with, and how often it began. */
const PROGRAM = `
  const { fitOneCore } = await import(${JSON.stringify(MODULE)})
  process.env.BEGUN = (process.env.BEGUN ?? '') + process.pid + ' '
  fitOneCore()
  console.log(JSON.stringify({ given: process.execArgv, argv: process.argv.slice(1), begun: process.env.BEGUN }))`

const ON_WINDOWS = `data:text/javascript,Object.defineProperty(process, 'platform', { value: 'win32' })`

const isOne = availableParallelism() === 1
/** What stands before a command that is to have one core; undefined where that cannot be had. */
const pinned = isOne ? [] : pin()

/** A container may have any of the machine's cores. */
function pin(): string[] | undefined {
  try {
    const [, core] = /^Cpus_allowed_list:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    const command = ['-c', `${core}`]
    execFileSync('taskset', [...command, 'true'], { stdio: 'ignore' })
    return ['taskset', ...command]
  } catch {
    return undefined
  }
}

async function startOn(before: readonly string[] = [], ...flags: string[]) {
  const node = [process.execPath, '--no-warnings', ...flags, '--input-type=module', '-e', PROGRAM]
  const [program, ...args] = [...before, ...node, '--', 'an argument']
  const { stdout } = await promisify(execFile)(program as string, args)
  return JSON.parse(stdout) as { given: string[]; argv: string[]; begun: string }
}

test.skipIf(!pinned)(
  'CREW8 who has one core begins anew in its place, once and with all that it was given',
  async () => {
    const { given, argv, begun } = await startOn(pinned)
    expect(given).toContain(ONE_HELPER)
    expect(given).toContain('--no-warnings')
    expect(argv).toEqual(['an argument'])
    const [first, second, ...more] = begun.trim().split(' ')
    expect(second).toBe(first)
    expect(more).toEqual([])
  },
)

test('CREW8 who has several cores stays as it is', async () => {
  const { given, begun } = await startOn()
  expect(given.includes(ONE_HELPER)).toBe(isOne)
  expect(begun.trim().split(' ').length).toBe(isOne ? 2 : 1)
})

test.skipIf(!pinned)('CREW8 who was told how many helpers to have has these', async () => {
  const { given, begun } = await startOn(pinned, '--v8-pool-size=3')
  expect(given.filter((flag) => flag.startsWith('--v8-pool-size'))).toEqual(['--v8-pool-size=3'])
  expect(begun.trim().split(' ').length).toBe(1)
})

test.skipIf(!pinned)('CREW8 who cannot begin anew, as on Windows, goes on as it is', async () => {
  const { given, begun } = await startOn(pinned, '--import', ON_WINDOWS)
  expect(given).not.toContain(ONE_HELPER)
  expect(begun.trim().split(' ').length).toBe(1)
})

test('CREW8 workers have one helper where there is about one core for each', () => {
  const oneHelper = ([cores, workers]: [number, number]) => argumentsFor(workers, cores).includes(ONE_HELPER)
  const shares: [number, number][] = [
    [2, 2],
    [4, 3],
    [1, 4],
    [4, 2],
    [8, 4],
  ]
  expect(shares.map(oneHelper)).toEqual([true, true, true, false, false])
})
