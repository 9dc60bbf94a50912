import { once } from 'node:events'
import { cpus, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { canPin } from '../pinned-node.ts'
import { pin } from '../publish/pinned-node.ts'
import { fillVariant, type Variant } from './fill-variant.ts'
import { OTHER_CORE, startMeasured } from './measure-variant.ts'
import { pageCases } from './page-cases.ts'
import { type Figures, tableOf } from './page-figures.ts'
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
    // Lets the machine become quiet first: a line on standard input goes on.
    wait: { type: 'boolean', default: false },
  },
})
const [items, rooms, rate, seconds] = [values.items, values.rooms, values.rate, values.seconds].map(
  Number,
) as [number, number, number, number]
const timing = { rate, seconds, warmupSeconds: 2 }
const flags = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []

const where = canPin ? 'the node on one core, Postgres and the load on another' : 'not pinned to cores'
console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB, Node ${process.versions.node}; ${where}`,
)
console.log(
  `${items} items in ${rooms} rooms, a tenth of them in one; ${rate} requests/s for ${seconds} s each, ${values.runs} times\n`,
)
const variants: Variant[] = []
try {
  for (const partitions of values.partitions.map(Number))
    variants.push(await fillVariant(partitions, { rooms, items }))
  for (const variant of variants) await tellSizes(variant)
  if (values.wait) {
    console.error('filled; waiting for a line on standard input')
    await once(process.stdin, 'data')
    process.stdin.destroy()
  }
  for (const { postgres } of variants) pin(postgres.pid, OTHER_CORE)
  const found: Figures[] = []
  for (let run = 0; run < Number(values.runs); run += 1) await measureAll(found)
  console.log(`\n${tableOf(found)}`)
  if (values.plans) for (const variant of variants) await showPlans(variant)
} finally {
  for (const variant of variants) await variant.close()
}

/** Each case with each variant in turn, so that what else the machine does meets all alike. */
async function measureAll(found: Figures[]): Promise<void> {
  // Nodes that are new in each run have no page in memory that is to be a cold one.
  const nodes = await Promise.all(variants.map((variant) => startMeasured(variant, timing, flags)))
  const note = (figures: Figures): void => {
    const { p50, p99 } = figures.result
    console.error(`  ${figures.what}, ${figures.variant}: p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}`)
    found.push(figures)
  }
  try {
    const requests = rate * (timing.seconds + timing.warmupSeconds + 1)
    const cases = await Promise.all(variants.map((variant) => pageCases(variant, requests)))
    for (const index of cases[0]?.keys() ?? [])
      for (const [n, node] of nodes.entries()) {
        const one = cases[n]?.[index]
        if (one) note(await node.pages(one))
      }
    for (const node of nodes) note(await node.posts())
  } finally {
    await Promise.all(nodes.map((node) => node.stop()))
  }
}

async function tellSizes({ name, database: { sql } }: Variant): Promise<void> {
  const [size] = await sql<{ rows: number; indexes: number; buffers: string }[]>`
    SELECT sum(pg_table_size(oid)) / 1e6 AS rows, sum(pg_indexes_size(oid)) / 1e6 AS indexes,
      current_setting('shared_buffers') AS buffers
    FROM pg_class WHERE relname ~ '^items(_\\d+)?$' AND relkind = 'r'`
  console.log(
    `${name}: rows ${Math.round(Number(size?.rows))} MB, indexes ${Math.round(Number(size?.indexes))} MB, shared_buffers ${size?.buffers}`,
  )
}
