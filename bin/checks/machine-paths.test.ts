import { expect, test } from 'vitest'
import { checkMachinePaths } from './machine-paths.ts'
import { project } from './project.ts'

const find = (text: string): number => checkMachinePaths(project({ 'README.md': text })).length

test('HOUSE9 finds a path of one machine, and leaves addresses and own folders alone', () => {
  expect(find(['see ', 'home', 'ada', 'notes.md'].join('/'))).toBe(1)
  expect(find('see https://acme.example/work/notes')).toBe(0)
  expect(find('see server/src/log and ./root/a')).toBe(0)
})
