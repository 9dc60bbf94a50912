import { writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type TempFolder, tempFolder } from '../../e2e/parts/temp-folder.ts'
import { createApiKey } from '../../server/src/auth/api-keys.ts'
import { type Database, openDatabase } from '../../server/src/db/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/src/db/embedded-postgres.ts'
import { migrate } from '../../server/src/db/migrate.ts'
import type { SiteId } from '../../server/src/rooms/room.ts'
import { canPin, endChild, startPinned } from '../pinned-node.ts'
import type { HttpPlan, HttpResult } from '../publish/http-load.ts'
import { pin, runPinned } from '../publish/pinned-node.ts'
import { portOf } from '../readers/start-product.ts'
import { type FilledRoom, fillRooms } from './fill-rooms.ts'
import { type PageCase, pageCases } from './page-cases.ts'
import type { PagePlan, PageResult } from './page-load.ts'
import { partitionItems } from './partition-items.ts'
import { showPlans } from './show-plans.ts'

const { values } = parseArgs({
  options: {
    items: { type: 'string', default: '1000000' },
    rooms: { type: 'string', default: '10000' },
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '10' },
    runs: { type: 'string', default: '1' },
    partitions: { type: 'string', multiple: true, default: ['0'] },
    plans: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})
const [items, rooms, rate, seconds] = [values.items, values.rooms, values.rate, values.seconds].map(
  Number,
) as [number, number, number, number]
const MAIN = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))
/** Of Postgres and of the load; what is measured has the first core. */
const OTHER_CORE = 1
const WARMUP_SECONDS = 2
const timing = { warmupSeconds: WARMUP_SECONDS, seconds }
const quiet = { debug() {}, info() {}, warn: console.error, error: console.error }
const say = (text: string): void => console.error(`  ${new Date().toISOString().slice(11, 19)} ${text}`)

const where = canPin ? 'the node on one core, Postgres and the load on another' : 'not pinned to cores'
console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}; ${where}`,
)
console.log(
  `${items} items in ${rooms} rooms, a tenth of them in one; ${rate} requests/s for ${seconds} s each`,
)
for (const partitions of values.partitions.map(Number)) {
  const folder = tempFolder('history')
  const postgres = await startEmbeddedPostgres({ dataDir: `${folder.path}/data`, log: quiet })
  try {
    console.log(`\n## ${partitions === 0 ? 'one table' : `${partitions} hash partitions by room`}\n`)
    await measure(postgres, partitions, folder)
  } finally {
    await postgres.stop()
    folder.remove()
  }
}

async function measure(postgres: EmbeddedPostgres, partitions: number, folder: TempFolder): Promise<void> {
  const database = await openDatabase(postgres.url, { poolSize: 1, log: quiet, statementMs: 3_600_000 })
  try {
    await migrate(database)
    if (partitions > 0) await partitionItems(database, partitions)
    await database.sql`ALTER SYSTEM SET max_wal_size = '8GB'`
    await database.sql`ALTER SYSTEM SET maintenance_work_mem = '512MB'`
    await database.sql`SELECT pg_reload_conf()`
    const filled = await fillRooms(database, { rooms, items, log: say })
    await tellSizes(database)
    pin(postgres.pid, OTHER_CORE)
    await measurePages(postgres, database, filled, folder)
    if (values.plans) await showPlans(database, filled[0] as FilledRoom)
  } finally {
    await database.close()
  }
}

async function tellSizes({ sql }: Database): Promise<void> {
  const [size] = await sql<{ rows: number; indexes: number; buffers: string }[]>`
    SELECT sum(pg_table_size(oid)) / 1e6 AS rows, sum(pg_indexes_size(oid)) / 1e6 AS indexes,
      current_setting('shared_buffers') AS buffers
    FROM pg_class WHERE relname ~ '^items(_\\d+)?$' AND relkind = 'r'`
  console.log(
    `rows ${Math.round(Number(size?.rows))} MB, indexes ${Math.round(Number(size?.indexes))} MB, shared_buffers ${size?.buffers}\n`,
  )
}

async function measurePages(
  postgres: EmbeddedPostgres,
  database: Database,
  filled: readonly FilledRoom[],
  folder: TempFolder,
): Promise<void> {
  const flags = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []
  const env = {
    ...process.env,
    DATABASE_URL: postgres.url,
    DATA_DIR: join(folder.path, 'server'),
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
    const port = await portOf(child)
    const about = { port, serverPid: child.pid as number, postgresPid: postgres.pid }
    console.log(
      '| pages | target p99 | p50 ms | p99 ms | answers/s | node CPU ms each | Postgres CPU ms each | mean bytes | answers | load |',
    )
    console.log('|---|--:|--:|--:|--:|--:|--:|--:|---|--:|')
    for (let run = 0; run < Number(values.runs); run += 1)
      for (const one of pageCases(filled, rate * (seconds + WARMUP_SECONDS + 1)))
        await measureCase(one, { ...about, file: join(folder.path, 'plan.json') })
    await measurePosts(database, filled, about)
  } finally {
    await endChild(child)
  }
}

type About = Pick<PagePlan, 'port' | 'serverPid' | 'postgresPid'>

async function measureCase(one: PageCase, { file, ...about }: About & { file: string }): Promise<void> {
  const load = loadavg()[0] as number
  const { name, target, paths, conditional = false } = one
  const plan: PagePlan = { ...timing, ...about, paths, conditional, pace: { perSecond: rate } }
  writeFileSync(file, JSON.stringify(plan))
  const result = await runPinned<PageResult>(OTHER_CORE, '../history/page-load.ts', { file })
  const statuses = Object.entries(result.statuses).map(([status, count]) => `${count} × ${status}`)
  const cells = [name, target, ...timesOf(result), Math.round(result.meanBytes), statuses.join(', ')]
  console.log(`| ${[...cells, load.toFixed(1)].join(' | ')} |`)
}

function timesOf(result: PageResult | HttpResult): string[] {
  const { p50, p99, done, nodeCpu, postgresCpu } = result
  const each = (cpu: number): string => ((cpu * 1000) / done).toFixed(2)
  return [
    p50.toFixed(1),
    p99.toFixed(1),
    (done / result.seconds).toFixed(0),
    each(nodeCpu),
    each(postgresCpu),
  ]
}

/** What a table of this size and shape costs those who write. */
async function measurePosts(database: Database, filled: readonly FilledRoom[], about: About): Promise<void> {
  const load = loadavg()[0] as number
  const [site] = await database.sql<{ id: SiteId }[]>`SELECT id FROM sites`
  const { key } = await createApiKey(database, site?.id as SiteId, 'write', '')
  const plan: HttpPlan = {
    ...timing,
    ...about,
    pace: { inFlight: 64 },
    connections: 64,
    rooms: filled.slice(1, 1001).map(({ address }) => address),
    posters: [`Bearer ${key}`],
    headers: [],
    texts: ['Words that somebody says, and some more of them. '.repeat(6)],
  }
  const result = await runPinned<HttpResult>(OTHER_CORE, 'http-load.ts', plan)
  const cells = [
    'posts by 64 at once, into 1,000 rooms',
    '–',
    ...timesOf(result),
    '–',
    `${result.done} × 201`,
  ]
  console.log(`| ${[...cells, load.toFixed(1)].join(' | ')} |`)
}
