import type { TestProject } from 'vitest/node'
import { buildWidget } from '../../bin/build-widget.ts'
import { ROOT } from '../../bin/root.ts'
import { setupOf } from './setup.ts'

const parts = setupOf('databaseUrl', 'redisUrl', 'chromium')

/** Servers hand out the widget as it is built. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildWidget(ROOT)
  return parts(project)
}
