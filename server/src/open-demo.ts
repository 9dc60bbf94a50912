import type { FastifyInstance } from 'fastify'
import type { SecretBox } from './auth/secret-box.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { staysAtHome } from './demo/is-at-home.ts'
import { moderatorToken } from './demo/moderator-token.ts'
import { type Demo, startDemo } from './demo/start-demo.ts'
import { wantsDemo } from './demo/wants-demo.ts'
import type { Log } from './log/open-log.ts'
import type { Logger } from './logger.ts'
import { type DemoPages, hostPages } from './pages/host-pages.ts'

interface OpenDemo {
  readonly pages: DemoPages
  /** Undefined where none is shown. */
  readonly demo: Demo | undefined
}

/** Adds the pages for people to a server that does not listen yet, and the demo where it is wanted. */
export async function openDemo(parts: {
  readonly config: Config
  readonly database: Database
  readonly app: FastifyInstance
  readonly log: Log
  readonly box: SecretBox | undefined
  readonly logger: Logger
}): Promise<OpenDemo> {
  const { config, database, app, box } = parts
  if (!(await wantsDemo(config, database))) {
    await hostPages(app, { demo: 'none' })
    return { pages: 'none', demo: undefined }
  }
  const pages = box && staysAtHome(config) ? 'all' : 'reader'
  await hostPages(app, { demo: pages })
  if (box && pages === 'all') moderatorToken(app, { database, box })
  return { pages, demo: await startDemo(parts) }
}
