import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { canPin } from '../pinned-node.ts'
import { pin } from '../publish/pinned-node.ts'
import { measureRemovals } from '../readers/measure-removals.ts'
import { removalsLine } from '../readers/removals-line.ts'
import { measureCase, type ProductFigures } from './measure-case.ts'
import { measureGone } from './measure-gone.ts'
import { NODE_CORE, OTHER_CORE, Stage } from './open-stage.ts'

const CASES = [
  { name: 'quiet: 10 items/s to 100 readers', target: 'p50 ≤ 15 ms', readers: 100, perSecond: 10 },
  {
    name: '500 items/s to 1,000 readers',
    target: 'posts’ p99 ≤ 250 ms',
    readers: 1000,
    perSecond: 500,
  },
  { name: '50 items/s to 5,000 readers', target: 'posts’ p99 ≤ 250 ms', readers: 5000, perSecond: 50 },
]

const GONE_PER_SECOND = 100

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    runs: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    'removal-readers': { type: 'string', default: '10000' },
    removals: { type: 'string', default: '20' },
  },
})

const where = canPin
  ? `the node on core ${NODE_CORE}; Postgres, Redis, readers and whoever posts on core ${OTHER_CORE}`
  : 'not pinned to cores'
pin(process.pid, OTHER_CORE)
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}; ${where}`)
console.log(
  `one room, guests who post 300 characters, WebSockets, fsync on, ${values.seconds} s each; CPU in shares of one core\n`,
)
console.log(
  '| what | target | posts ms p50 / p99 | post → last reader ms p50 / p99 | deliveries/s | CPU node | Postgres | Redis | load | load before |',
)
console.log('|---|---|--:|--:|--:|--:|--:|--:|--:|--:|')
for (const one of CASES.filter(({ name }) => name.includes(values.only)))
  for (let run = 0; run < Number(values.runs); run++) {
    const load = loadavg()[0] as number
    const stage = await Stage.open({ nodes: 1, rooms: 1 })
    try {
      print(one, await measureCase(stage, { ...one, roomsEach: 1, seconds: Number(values.seconds) }), load)
    } finally {
      await stage.close()
    }
  }

if ('a removal'.includes(values.only)) {
  const readers = Number(values['removal-readers'])
  const load = loadavg()[0] as number
  for (const [share, times] of await measureRemovals(readers, Number(values.removals), { flags: [] }))
    console.log(`\n${removalsLine(readers, share, times)}, load before ${load.toFixed(1)}`)
}

if ('tags of a site that has gone'.includes(values.only)) {
  const load = loadavg()[0] as number
  console.log(
    `\n${GONE_PER_SECOND} views/s of pages with a tag whose site has gone, load before ${load.toFixed(1)}:`,
  )
  for (const { view, nodes, postgres, p99 } of await measureGone(GONE_PER_SECOND, Number(values.seconds)))
    console.log(
      `  ${view} each: ${(nodes * 100).toFixed(1)} % of a core in the node, ${(postgres * 100).toFixed(1)} % in Postgres, ` +
        `answered within ${p99.toFixed(1)} ms (p99)`,
    )
}
process.exit(0)

function print(one: (typeof CASES)[number], figures: ProductFigures, load: number): void {
  const { post, last, deliveries, seconds, cpu } = figures
  const pair = ({ p50, p99 }: { p50: number; p99: number }): string => `${p50.toFixed(1)} / ${p99.toFixed(1)}`
  const cells = [
    one.name,
    one.target,
    pair(post),
    pair(last),
    Math.round(deliveries / seconds).toLocaleString('en'),
    ...[cpu.nodes, cpu.postgres, cpu.redis, cpu.load].map((share) => share.toFixed(2)),
    load.toFixed(1),
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
