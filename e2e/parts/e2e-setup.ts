import type { TestProject } from 'vitest/node'
import { buildWidget } from '../../bin/build-widget.ts'
import { ROOT } from '../../bin/root.ts'
import { freshDatabase } from './fresh-database.ts'
import { type RunningServer, ServerProcess } from './server-process.ts'
import { setupOf } from './setup.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Shared by all tests that need none of their own: make sites in it. */
    server: RunningServer
  }
}

const parts = setupOf('databaseUrl', 'redisUrl', 'chromium')

/** Servers hand out the widget as it is built. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildWidget(ROOT)
  const end = await parts(project)
  try {
    const database = await freshDatabase(project.getProvidedContext().databaseUrl)
    const server = await ServerProcess.start({ databaseUrl: database.url })
    project.provide('server', { url: server.url, port: server.port, env: server.env })
    return async () => {
      await server.remove(project.vitest.state.getCountOfFailedTests() > 0)
      await database.drop()
      await end()
    }
  } catch (error) {
    await end()
    throw error
  }
}
