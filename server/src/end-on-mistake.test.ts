import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { testCollector } from './metrics/test-collector.ts'

const here = (file: string): string => JSON.stringify(fileURLToPath(new URL(file, import.meta.url)))
const { url, told } = await testCollector()

/** A process that fails in this way, and what it wrote and ended with. */
async function failing(how: string): Promise<{ code: number; lines: { level: number; msg: string }[] }> {
  const program = `
    import { pino } from 'pino'
    import { endOnMistake } from ${here('end-on-mistake.ts')}
    import { ErrorReports } from ${here('metrics/error-reports.ts')}
    import { reportMistakes } from ${here('metrics/mistakes.ts')}
    endOnMistake(pino())
    reportMistakes(new ErrorReports(${JSON.stringify(url)}, { warn() {} }))
    setInterval(() => {}, 1000)
    ${how}`
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (data: string) => {
    text += data
  })
  const [code] = (await once(child, 'close')) as [number]
  return {
    code,
    lines: text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  }
}

test.each([
  ['in a timer', 'RangeError', `setTimeout(() => { throw new RangeError('my secret') })`],
  ['in a promise', 'SyntaxError', `Promise.reject(new SyntaxError('my secret'))`],
])(
  'ERR6 a mistake %s that nobody caught is logged and reported, and ends the process',
  async (_, code, how) => {
    const ended = await failing(how)
    expect(ended.code).toBe(1)
    expect(ended.lines).toMatchObject([{ level: 60, err: { type: code } }])
    expect(await told(code)).toMatchObject({ where: 'server', code })
  },
)
