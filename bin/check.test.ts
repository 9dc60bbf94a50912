import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../e2e/parts/temp-folder.ts'
import { ROOT } from './root.ts'

const CHECK = join(ROOT, 'bin', 'check.ts')

function small(text: string): string {
  const { path } = tempFolder('check')
  mkdirSync(join(path, 'server', 'src'), { recursive: true })
  writeFileSync(join(path, 'server', 'src', 'app.ts'), text)
  return path
}

test('HOUSE10 ends well in a folder where all is well', () => {
  expect(execFileSync(process.execPath, [CHECK, small('export const a = 1\n')], { encoding: 'utf8' })).toBe(
    '',
  )
})

test('HOUSE10 ends badly, naming the place, where something is wrong', () => {
  const run = spawnSync(process.execPath, [CHECK, small('const port = process.env.PORT\n')], {
    encoding: 'utf8',
  })
  expect(run.status).toBe(1)
  expect(run.stdout).toContain('doors: server/src/app.ts:1')
})
