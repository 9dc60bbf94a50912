import { expect, test } from 'vitest'
import { project } from './project.ts'
import { checkSpec } from './spec.ts'

const SPEC = '# Rules\n\n- LOG1: One.\n- LOG2: Two.\n'
const find = (spec: string, title: string): string[] =>
  checkSpec(project({ 'shared/SPEC.md': spec, 'server/src/a.test.ts': `${title}\n` })).map(({ what }) => what)

test('HOUSE8 is content where each rule has a test and each test a rule', () => {
  expect(find(SPEC, "test('LOG1, LOG2 hold', () => {})")).toEqual([])
  expect(find(SPEC, "test.each([\n  [1],\n])('LOG1 LOG2 of %s', () => {})")).toEqual([])
})

test('HOUSE8 finds a rule without a test', () => {
  expect(find(SPEC, "test('LOG1 holds', () => {})")).toEqual(['no test shows LOG2'])
})

test('HOUSE8 finds a test whose rule is not written', () => {
  expect(find('- LOG1: One.\n', "test('LOG1 and LOG9 hold', () => {})")).toEqual([
    'shared/SPEC.md has no rule LOG9',
  ])
})

test('HOUSE8 finds a title without a rule', () => {
  expect(find(SPEC, "test('LOG1, LOG2 hold', () => {})\nit('works', () => {})")).toHaveLength(1)
})

test('HOUSE8 finds a number that was given twice', () => {
  expect(find('- LOG1: One.\n- LOG1: Two.\n', "test('LOG1 holds', () => {})")).toEqual([
    'two rules are called LOG1',
  ])
})
