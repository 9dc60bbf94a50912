import type { FastifyInstance } from 'fastify'
import { SecretBox } from './auth/secret-box.ts'
import { findSecretKey } from './auth/secret-key.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { staysAtHome } from './demo/is-at-home.ts'
import { moderatorToken } from './demo/moderator-token.ts'
import { startDemo } from './demo/start-demo.ts'
import { wantsDemo } from './demo/wants-demo.ts'
import type { LogWriter } from './log/log.ts'
import type { Logger } from './logger.ts'
import { type DemoPages, hostPages } from './pages/host-pages.ts'

/**
 * Gives a server that does not listen yet its pages for people: the demo's, with its room and its evening, where this
 * server shows it; else one that says what it is. The evening goes on once the server listens, until it closes.
 */
export async function showDemo(parts: {
  readonly app: FastifyInstance
  readonly config: Config
  readonly database: Database
  readonly log: LogWriter
  readonly logger: Logger
}): Promise<DemoPages> {
  const { app, config, database, log, logger } = parts
  if (!(await wantsDemo(config, database))) {
    await hostPages(app, { demo: 'none' })
    return 'none'
  }
  const demo = await startDemo({ database, log, logger })
  app.addHook('onListen', async () => demo.play())
  app.addHook('preClose', () => demo.stop())

  const secretKey = staysAtHome(config) ? await findSecretKey(config) : undefined
  if (secretKey !== undefined) moderatorToken(app, { database, box: new SecretBox(secretKey) })
  const pages = secretKey === undefined ? 'reader' : 'all'
  await hostPages(app, { demo: pages })
  return pages
}
