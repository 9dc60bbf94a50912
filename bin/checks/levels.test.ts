import { expect, test } from 'vitest'
import { checkLevels } from './levels.ts'
import { project } from './project.ts'

const findings = (path: string, ...lines: string[]): string[] =>
  checkLevels(project({ [path]: `${lines.join('\n')}\n` })).map(({ what }) => what)

test('HOUSE1 lets a part of the server import lower levels, its own files and packages', () => {
  expect(
    findings(
      'server/src/fanout/hub.ts',
      "import type { LogReader } from '../log/log.ts'",
      "import { Problem } from '../problem.ts'",
      "import { Channel } from './channel.ts'",
      "import { Item } from '@halley/shared'",
      "import { setTimeout } from 'node:timers/promises'",
    ),
  ).toEqual([])
})

test.each([
  ['server/src/log/open-log.ts', '../fanout/hub.ts'],
  ['server/src/fanout/hub.ts', '../history/read-page.ts'],
  ['server/src/transports/stream.ts', '../demo/start-demo.ts'],
  ['server/src/db/database.ts', '../rooms/rooms.ts'],
  ['server/src/cli/main.ts', '../app.ts'],
  ['server/src/app.ts', './main.ts'],
])('HOUSE1 finds %s importing %s', (path, from) => {
  expect(findings(path, `import { something } from '${from}'`)).toHaveLength(1)
})

test('HOUSE1 finds an import over several lines, a re-export and a dynamic one', () => {
  const path = 'server/src/log/open-log.ts'
  expect(findings(path, 'import {', '  Hub,', "} from '../fanout/hub.ts'")).toHaveLength(1)
  expect(findings(path, "export { Hub } from '../fanout/hub.ts'")).toHaveLength(1)
  expect(findings(path, "const { Hub } = await import('../fanout/hub.ts')")).toHaveLength(1)
})

test('HOUSE1 lets parts of one low level share types, but no code', () => {
  expect(findings('server/src/bus/bus.ts', "import type { RoomId } from '../rooms/room.ts'")).toEqual([])
  expect(findings('server/src/bus/bus.ts', "import { Rooms } from '../rooms/rooms.ts'")).toHaveLength(1)
  expect(findings('server/src/history/a.ts', "import type { B } from '../ingest/b.ts'")).toHaveLength(1)
})

test('HOUSE1 finds a folder without a level', () => {
  expect(findings('server/src/stuff/a.ts', "import { b } from '../log/log.ts'")).toHaveLength(1)
})

test.each([
  ['widget/src/main.ts', '../../server/src/config.ts'],
  ['widget/src/main.ts', 'react'],
  ['e2e/two-browsers.test.ts', '../server/src/app.ts'],
  ['e2e/parts/reader.ts', '../../widget/src/main.ts'],
  ['shared/src/item.ts', 'uuid'],
  ['shared/src/item.ts', '../../server/src/config.ts'],
  ['server/src/app.ts', '../../widget/src/main.ts'],
])('HOUSE2 finds %s importing %s', (path, from) => {
  expect(findings(path, `import '${from}'`)).toHaveLength(1)
})

test('HOUSE2 lets tests of the server use the parts of the end-to-end tests', () => {
  const line = "import { until } from '../../../e2e/parts/until.ts'"
  expect(findings('server/src/log/publish.test.ts', line)).toEqual([])
  expect(findings('server/src/log/publish.ts', line)).toHaveLength(1)
})
