import type { FastifyInstance } from 'fastify'
import type { SecretBox } from './auth/secret-box.ts'
import { findSecretKey } from './auth/secret-key.ts'
import type { Bus } from './bus/bus.ts'
import type { Config } from './config.ts'
import type { Database } from './db/database.ts'
import { staysAtHome } from './demo/is-at-home.ts'
import { moderatorToken } from './demo/moderator-token.ts'
import { startDemo } from './demo/start-demo.ts'
import { wantsDemo } from './demo/wants-demo.ts'
import { openLog } from './log/open-log.ts'
import type { Logger } from './logger.ts'
import type { Opened } from './opened.ts'
import { type DemoPages, hostPages } from './pages/host-pages.ts'

interface OpenDemo {
  readonly pages: DemoPages
  /** Plays the conversation live, where one is shown. */
  play(): void
}

/** Makes the demo's room where it is wanted. One process of a node does so, and plays where it works in the background. */
export async function openDemo(parts: {
  readonly config: Config
  readonly database: Database
  readonly bus: Pick<Bus, 'publish'>
  readonly logger: Logger
  readonly opened: Opened
}): Promise<OpenDemo> {
  const { config, database, bus, logger, opened } = parts
  if (!(await wantsDemo(config, database))) return { pages: 'none', play() {} }
  const hasKey = (await findSecretKey(config)) !== undefined
  const pages = hasKey && staysAtHome(config) ? 'all' : 'reader'
  if (!config.roles.has('jobs')) return { pages, play() {} }
  const log = openLog({ database, bus, log: logger })
  opened.add(() => log.close())
  const demo = await startDemo({ database, log, logger })
  opened.add(() => demo.stop())
  return { pages, play: () => demo.play() }
}

/** The pages for people, on a server that does not listen yet. */
export async function addDemoPages(
  app: FastifyInstance,
  demo: DemoPages,
  parts: { readonly database: Database; readonly box: SecretBox | undefined },
): Promise<void> {
  const { database, box } = parts
  await hostPages(app, { demo })
  if (box && demo === 'all') moderatorToken(app, { database, box })
}
