import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { canPin } from '../pinned-node.ts'
import { measureCase, type ProductFigures } from '../product/measure-case.ts'
import { NODE_CORE, OTHER_CORE, Stage } from '../product/open-stage.ts'
import { pin } from '../publish/pinned-node.ts'
import { growthChart } from './growth-chart.ts'
import { MOST_ROOMS, SWEEPS, type Sweep } from './sweeps.ts'

const MB = 1_048_576
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    chart: { type: 'string', default: 'docs/growth.svg' },
  },
})

const where = canPin
  ? `all nodes on core ${NODE_CORE}, the rest on core ${OTHER_CORE}`
  : 'not pinned to cores'
pin(process.pid, OTHER_CORE)
const load = (loadavg()[0] as number).toFixed(1)
console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}; ${where}; load before ${load}\n`,
)
console.log(
  '| what doubles | | deliveries/s | nodes’ CPU, % of a core | nodes’ memory, MB | Postgres, % | Redis, % | post → last reader p50 / p99, ms |',
)
console.log('|---|--:|--:|--:|--:|--:|--:|--:|')
const sweeps = SWEEPS.filter(({ name }) => name.includes(values.only))
const panels = []
for (const sweep of sweeps) panels.push(await run(sweep))
if (values.only === '') writeFileSync(values.chart, growthChart(panels))
process.exit(0)

async function run({ name, about, steps }: Sweep) {
  const all: ProductFigures[] = []
  for (const { value, step } of steps) {
    const stage = await Stage.open({ nodes: step.nodes, rooms: MOST_ROOMS })
    try {
      const figures = await measureCase(stage, { ...step, seconds: Number(values.seconds) })
      all.push(figures)
      print(value === steps[0]?.value ? `${name}: ${about}` : '', value, figures)
    } finally {
      await stage.close()
    }
  }
  const line = (label: string, of: (figures: ProductFigures) => number) => {
    const first = of(all[0] as ProductFigures)
    return { name: label, factors: all.map((figures) => of(figures) / first) }
  }
  return {
    title: name,
    values: steps.map(({ value }) => value),
    lines: [
      line('CPU of the nodes', ({ cpu }) => cpu.nodes),
      line('memory of the nodes', ({ memory }) => memory),
      line('post → last reader, p50', ({ last }) => last.p50),
    ],
  }
}

function print(
  name: string,
  value: number,
  { cpu, deliveries, seconds, memory, last }: ProductFigures,
): void {
  const percent = (share: number): string => (share * 100).toFixed(1)
  const cells = [
    name,
    value,
    Math.round(deliveries / seconds).toLocaleString('en'),
    percent(cpu.nodes),
    (memory / MB).toFixed(0),
    percent(cpu.postgres),
    percent(cpu.redis),
    `${last.p50.toFixed(1)} / ${last.p99.toFixed(1)}`,
  ]
  console.log(`| ${cells.join(' | ')} |`)
}
