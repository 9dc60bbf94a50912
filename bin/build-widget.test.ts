import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../e2e/parts/temp-folder.ts'
import { buildWidget } from './build-widget.ts'

/** A project whose bundler notes each of its runs in the output folder's place. */
function project(bundler = "require('node:fs').appendFileSync('runs', 'x')"): string {
  const root = tempFolder('widget').path
  put(root, 'widget/src/main.ts', 'export const a = 1\n')
  put(root, 'shared/src/index.ts', 'export const b = 1\n')
  put(root, 'widget/dist/halley.js', '')
  put(root, 'node_modules/vite/bin/vite.js', bundler)
  return root
}

function put(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

const runs = (root: string): number => readFileSync(join(root, 'runs'), 'utf8').length

test('CI3 the widget is built once, and again when its own or the shared sources changed', () => {
  const root = project()
  expect(buildWidget(root)).toBe('built')
  expect(buildWidget(root)).toBe('unchanged')
  put(root, 'widget/src/view/row.tsx', 'export const c = 1\n')
  expect(buildWidget(root)).toBe('built')
  put(root, 'shared/src/index.ts', 'export const b = 2\n')
  expect(buildWidget(root)).toBe('built')
  put(root, 'widget/src/main.test.ts', 'a test\n')
  expect(buildWidget(root)).toBe('unchanged')
  expect(runs(root)).toBe(3)
})

test('CI3 a widget that could not be built is tried again', () => {
  const root = project('process.exit(1)')
  expect(() => buildWidget(root)).toThrow('could not be built')
  expect(() => buildWidget(root)).toThrow('could not be built')
})

test('CI4 what a build made under a hashed name is kept when the next build makes another', () => {
  const root = project()
  put(root, 'widget/dist/halley-1.js', 'the first')
  put(root, 'widget/dist/assets/feed-1.js.br', 'its feed')
  buildWidget(root)
  rmSync(join(root, 'widget/dist'), { recursive: true })
  put(root, 'widget/dist/halley-2.js', 'the second')
  put(root, 'widget/src/main.ts', 'export const a = 2\n')
  expect(buildWidget(root)).toBe('built')
  expect(readFileSync(join(root, 'widget/earlier/halley-1.js'), 'utf8')).toBe('the first')
  expect(readFileSync(join(root, 'widget/earlier/assets/feed-1.js.br'), 'utf8')).toBe('its feed')
  expect(existsSync(join(root, 'widget/earlier/halley-2.js'))).toBe(true)
  expect(existsSync(join(root, 'widget/earlier/halley.js'))).toBe(false)
})
