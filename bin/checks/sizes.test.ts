import { expect, test } from 'vitest'
import { project } from './project.ts'
import { checkSizes } from './sizes.ts'

const ofLines = (...counts: number[]): Record<string, string> =>
  Object.fromEntries(counts.map((count, index) => [`server/src/log/f${index}.ts`, 'a\n'.repeat(count)]))

test('HOUSE7 is content with small files', () => {
  expect(checkSizes(project(ofLines(...Array<number>(9).fill(80), 300)))).toEqual([])
})

test('HOUSE7 finds a file of more than 300 lines', () => {
  expect(checkSizes(project(ofLines(...Array<number>(9).fill(80), 301)))).toHaveLength(1)
})

test('HOUSE7 finds more than one file in ten over 200 lines', () => {
  const found = checkSizes(project(ofLines(...Array<number>(8).fill(80), 201, 201)))
  expect(found.map(({ what }) => what)).toEqual(['nine in ten has 201 lines: at most 200'])
})

test('HOUSE7 finds a median over 80 lines, tests aside', () => {
  const tests = Object.fromEntries([1, 2, 3].map((n) => [`server/src/log/t${n}.test.ts`, 'a\n']))
  expect(checkSizes(project({ ...ofLines(81), ...tests }))).toHaveLength(1)
})
