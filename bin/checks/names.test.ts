import { expect, test } from 'vitest'
import { checkNames } from './names.ts'
import { project } from './project.ts'

test('HOUSE6 finds files and folders whose names say nothing', () => {
  const bad = ['server/src/utils.ts', 'widget/src/lib/a.ts', 'bin/helpers.test.ts', 'shared/src/types.ts']
  const good = ['server/src/log/publish.ts', 'widget/src/view/library.ts']
  const texts = Object.fromEntries([...bad, ...good].map((path) => [path, '']))
  expect(checkNames(project(texts)).map(({ path }) => path)).toEqual(bad)
})
