import type { AddressInfo } from 'node:net'
import { type App, type AppParts, buildApp } from './app.ts'
import { type Database, openReplica } from './db/database.ts'
import { backupJob } from './jobs/backup-job.ts'
import { Jobs } from './jobs/jobs.ts'
import { pruneJob } from './jobs/prune-job.ts'
import { addDemoPages } from './open-demo.ts'
import type { Opened } from './opened.ts'
import type { DemoPages } from './pages/host-pages.ts'

export interface Served extends Pick<App, 'log' | 'drain'> {
  /** Where it listens. */
  readonly url: string
}

/** Brings up what answers people: the routes, the demo's pages where they are wanted, and the port. */
export async function serve(parts: AppParts, demo: DemoPages, opened: Opened): Promise<Served> {
  const { config, database } = parts
  const replica = openReadReplica(parts, opened)
  const { app, log, box, drain, inRole } = await buildApp({ ...parts, replica })
  opened.add(() => app.close())
  await inRole('api', () => addDemoPages(app, demo, { database, box }))
  startJobs(parts, opened)
  await app.listen({ host: config.host, port: config.port })
  const { port } = app.server.address() as AddressInfo
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return { url: `http://${host}:${port}`, log, drain }
}

function startJobs({ config, database, logger }: AppParts, opened: Opened): void {
  const due = [backupJob(config, database.url, logger), pruneJob(config, database)].filter(
    (job) => job !== undefined,
  )
  if (due.length === 0 || !config.roles.has('jobs')) return
  const jobs = new Jobs(database, due, logger)
  opened.add(() => jobs.close())
}

function openReadReplica({ config, logger }: AppParts, opened: Opened): Database | undefined {
  if (config.databaseReadUrl === undefined) return undefined
  const replica = openReplica(config.databaseReadUrl, { poolSize: config.poolSize, log: logger })
  opened.add(() => replica.close())
  return replica
}
