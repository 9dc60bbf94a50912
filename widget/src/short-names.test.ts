import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SHORT_NAMES } from '../short-names.ts'

const ROOT = join(import.meta.dirname, '..', '..')

const sources = (pattern: string): string =>
  globSync(pattern, { cwd: ROOT })
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .map((path) => readFileSync(join(ROOT, path), 'utf8'))
    .join('\n')

/** Names among these that a pattern finds. */
function found(text: string, pattern: (name: string) => RegExp): string[] {
  return [...SHORT_NAMES.keys()].filter((name) => pattern(name).test(text))
}

test('SHORT1 no shortened name is one of the wire, of words, of what host pages set, or reached by a string', () => {
  const wire = sources('shared/src/**/*.{ts,tsx}')
  expect(found(wire, (name) => new RegExp(`\\b${name}\\??:`))).toEqual([])
  const words = sources('widget/src/i18n/{en,en-poster,de,words}.ts')
  expect(found(words, (name) => new RegExp(`^ +'?${name}'?\\??:`, 'm'))).toEqual([])
  expect(found(sources('widget/src/{halley,early}.ts'), (name) => new RegExp(`\\b${name}\\??:`))).toEqual([])
  const widget = sources('widget/src/**/*.{ts,tsx}')
  expect(found(widget, (name) => new RegExp(`\\[['"\`]${name}['"\`]\\]|['"\`]${name}['"\`] in `))).toEqual([])
})

test('SHORT2 two names never become the same one', () => {
  expect(new Set(SHORT_NAMES.values()).size).toBe(SHORT_NAMES.size)
})
