import { expect, test } from 'vitest'
import { checkDoors } from './doors.ts'
import { project } from './project.ts'

const findings = (path: string, text: string): number => checkDoors(project({ [path]: text })).length

test.each([
  ['HOUSE3 only the publisher announces', 'bus.publish(room, news)', 'log/publish.ts', 'ingest/post.ts'],
  [
    'HOUSE3 only the publisher appends',
    "import { a } from './append-batch.ts'",
    'log/publish.ts',
    'log/a.ts',
  ],
  ['HOUSE3 only the log appends', 'append_changes($1)', 'log/append-batch.ts', 'ingest/post.ts'],
  ['HOUSE3 only fanout subscribes', 'this.#bus.subscribe(room, hear)', 'fanout/hub.ts', 'pages/host.ts'],
  ['HOUSE3 fanout knows no WebSocket', 'const a: WebSocket', 'transports/socket.ts', 'fanout/hub.ts'],
  ['HOUSE4 only config.ts reads the environment', 'process.env.PORT', 'config.ts', 'app.ts'],
])('%s', (_, line, may, mayNot) => {
  expect(findings(`server/src/${may}`, line)).toBe(0)
  expect(findings(`server/src/${mayNot}`, line)).toBe(1)
})

test.each([
  'node.innerHTML = text',
  'node.outerHTML = text',
  "node.insertAdjacentHTML('afterend', text)",
  '<p dangerouslySetInnerHTML={{ __html: text }} />',
  'eval(text)',
  'new Function(text)',
  '<p style="color: red">',
  "node.setAttribute('style', text)",
])('HOUSE5 finds %s in what runs on a customer’s page', (line) => {
  expect(findings('widget/src/view/row.tsx', line)).toBe(1)
  expect(findings('shared/src/body-view.ts', line)).toBe(1)
})

test('HOUSE5 leaves comments alone', () => {
  expect(findings('widget/src/view/row.tsx', '// never innerHTML')).toBe(0)
})
