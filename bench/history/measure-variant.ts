import { writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createApiKey } from '../../server/src/auth/api-keys.ts'
import type { SiteId } from '../../server/src/rooms/room.ts'
import { endChild, startPinned } from '../pinned-node.ts'
import type { HttpPlan, HttpResult } from '../publish/http-load.ts'
import { runPinned } from '../publish/pinned-node.ts'
import { portOf } from '../readers/start-product.ts'
import type { Variant } from './fill-variant.ts'
import type { PageCase } from './page-cases.ts'
import type { Figures } from './page-figures.ts'
import type { PagePlan, PageResult } from './page-load.ts'

const MAIN = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))
/** Of Postgres and of the load; what is measured has the first core. */
export const OTHER_CORE = 1

export interface Timing {
  readonly rate: number
  readonly seconds: number
  readonly warmupSeconds: number
}

/** A node in front of a variant's rows, and what it is asked in turn. */
export interface MeasuredNode {
  pages(one: PageCase): Promise<Figures>
  /** What a table of this size and shape costs those who write. */
  posts(): Promise<Figures>
  stop(): Promise<void>
}

export async function startMeasured(
  variant: Variant,
  timing: Timing,
  flags: readonly string[],
): Promise<MeasuredNode> {
  const { postgres, folder } = variant
  const env = {
    ...process.env,
    DATABASE_URL: postgres.url,
    DATA_DIR: join(folder, 'server'),
    DEMO: 'off',
    PORT: '0',
    LOG_LEVEL: 'warn',
    DRAIN_DELAY: '0',
    DRAIN_WINDOW: '0',
    LIMIT_READS_ADDRESS: '100000000',
    LIMIT_POSTS_KEY: '100000000',
  }
  const child = startPinned(0, [...flags, MAIN], { env })
  try {
    const about = { port: await portOf(child), serverPid: child.pid as number, postgresPid: postgres.pid }
    return {
      pages: (one) => measurePages(variant, timing, about, one),
      posts: () => measurePosts(variant, timing, about),
      stop: () => endChild(child),
    }
  } catch (error) {
    await endChild(child)
    throw error
  }
}

type About = Pick<PagePlan, 'port' | 'serverPid' | 'postgresPid'>

async function measurePages(
  { name: variant, folder }: Variant,
  { rate, ...timing }: Timing,
  about: About,
  { name: what, target, paths, conditional = false }: PageCase,
): Promise<Figures> {
  const load = loadavg()[0] as number
  const file = join(folder, 'plan.json')
  const plan: PagePlan = { ...timing, ...about, paths, conditional, pace: { perSecond: rate } }
  writeFileSync(file, JSON.stringify(plan))
  const result = await runPinned<PageResult>(OTHER_CORE, '../history/page-load.ts', { file })
  const statuses = Object.entries(result.statuses).map(([status, count]) => `${count} × ${status}`)
  const answers = `${statuses.join(', ')}, ${Math.round(result.meanBytes)} bytes`
  return { what, target, variant, result, answers, load }
}

async function measurePosts(
  { name: variant, database, rooms }: Variant,
  { seconds, warmupSeconds }: Timing,
  about: About,
): Promise<Figures> {
  const load = loadavg()[0] as number
  const [site] = await database.sql<{ id: SiteId }[]>`SELECT id FROM sites`
  const { key } = await createApiKey(database, site?.id as SiteId, 'write', '')
  const plan: HttpPlan = {
    seconds,
    warmupSeconds,
    ...about,
    pace: { inFlight: 64 },
    connections: 64,
    rooms: rooms.slice(1, 1001).map(({ address }) => address),
    posters: [`Bearer ${key}`],
    headers: [],
    texts: ['Words that somebody says, and some more of them. '.repeat(6)],
  }
  const result = await runPinned<HttpResult>(OTHER_CORE, 'http-load.ts', plan)
  const what = 'posts by 64 at once, into 1,000 rooms'
  return { what, target: '–', variant, result, answers: `${result.done} × 201`, load }
}
