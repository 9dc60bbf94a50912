import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { tempFolder } from '../../e2e/parts/temp-folder.ts'
import { openDatabase } from '../../server/src/db/database.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../server/src/db/embedded-postgres.ts'
import { migrate } from '../../server/src/db/migrate.ts'
import { canPin } from '../pinned-node.ts'
import { CASES, type Case } from './cases.ts'
import { pin } from './pinned-node.ts'
import { type CaseResult, printCase } from './print-case.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    runs: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    characters: { type: 'string', default: '300' },
    profile: { type: 'string' },
  },
})
const flags = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []
const quiet = { debug() {}, info() {}, warn: console.error, error: console.error }
/** Of Postgres and of the load; what is measured has the first core. */
const OTHER_CORE = 1

const where = canPin ? 'the node on one core, Postgres and the load on another' : 'not pinned to cores'
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}; ${where}`)
console.log(`posts of ${values.characters} characters, ${values.seconds} s each, fsync on`)

for (let run = 0; run < Number(values.runs); run++)
  for (const one of CASES.filter(({ name }) => name.includes(values.only))) {
    const load = loadavg()[0] as number
    printCase(one, await withPostgres((postgres) => measure(one, postgres)), load)
  }

/** Each case has a database of its own, so that none pays for another's. */
async function withPostgres<T>(use: (postgres: EmbeddedPostgres) => Promise<T>): Promise<T> {
  const folder = tempFolder('bench')
  const postgres = await startEmbeddedPostgres({ dataDir: `${folder.path}/data`, log: quiet })
  try {
    pin(postgres.pid, OTHER_CORE)
    const database = await openDatabase(postgres.url, { poolSize: 1, log: quiet, statementMs: 60_000 })
    await migrate(database)
    await database.close()
    return await use(postgres)
  } finally {
    await postgres.stop()
    folder.remove()
  }
}

function measure(one: Case, postgres: EmbeddedPostgres): Promise<CaseResult> {
  return one.run(postgres, {
    seconds: Number(values.seconds),
    warmupSeconds: 2,
    characters: Number(values.characters),
    flags,
  })
}
