import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { canPin } from '../pinned-node.ts'
import { CONTESTANTS, type Contestant } from './contestants.ts'
import type { LoadPlan, LoadResult } from './load/main.ts'
import { median } from './median.ts'
import { runOnce } from './run-once.ts'

const ITEM_BYTES = 300

interface Scenario {
  readonly name: string
  readonly readers: number
  readonly pace: LoadPlan['pace']
}

const SCENARIOS: readonly Scenario[] = [1000, 5000].flatMap((readers) => [
  { name: `${readers} readers, saturated`, readers, pace: { window: 64 } },
  { name: `${readers} readers, 20 a second`, readers, pace: { perSecond: 20 } },
])

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true, default: [] },
    scenario: { type: 'string', default: '' },
    profile: { type: 'string' },
  },
})
const contestants = CONTESTANTS.filter(({ name }) => values.only.length === 0 || values.only.includes(name))
const flags = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []

const where = canPin ? 'server on one core, load on another' : 'not pinned to cores'
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}; ${where}`)
console.log(
  `items of ${ITEM_BYTES} bytes, ${values.seconds} s each, medians of ${values.runs} interleaved runs`,
)
for (const { name, about } of contestants) console.log(`- ${name}: ${about}`)

for (const scenario of SCENARIOS.filter(({ name }) => name.includes(values.scenario))) {
  const results = new Map<Contestant, LoadResult[]>()
  for (let run = 0; run < Number(values.runs); run++) {
    for (const contestant of contestants) {
      const list = results.get(contestant) ?? []
      results.set(contestant, list.concat(await measure(contestant, scenario)))
    }
  }
  print(scenario, results)
}

async function measure(contestant: Contestant, scenario: Scenario): Promise<LoadResult> {
  const { readers, pace } = scenario
  const plan = { readers, pace, itemBytes: ITEM_BYTES, warmupSeconds: 1.5, seconds: Number(values.seconds) }
  const result = await runOnce(contestant, plan, contestant.name === 'halley' ? flags : [])
  if (result.wrong > 0)
    throw new Error(`${contestant.name}: ${result.wrong} deliveries missing or out of order`)
  return result
}

function print(scenario: Scenario, results: Map<Contestant, LoadResult[]>): void {
  console.log(`\n## ${scenario.name}\n`)
  console.log('| server | deliveries/s | server CPU s per million | p50 ms | p99 ms |')
  console.log('|---|--:|--:|--:|--:|')
  const rows = [...results].map(([contestant, list]) => ({ contestant, ...summary(list) }))
  for (const row of rows) {
    const { contestant, perSecond, cpu, p50, p99 } = row
    console.log(
      `| ${contestant.name} | ${Math.round(perSecond).toLocaleString('en')} | ${cpu.toFixed(2)} | ${cell(p50)} | ${cell(p99)} |`,
    )
  }
  const ours = rows.find(({ contestant }) => contestant === CONTESTANTS[0])
  if (!ours) return
  for (const peer of rows.filter((row) => row !== ours)) {
    const ratios = [
      `${(ours.perSecond / peer.perSecond).toFixed(2)} × its deliveries/s`,
      `${(ours.cpu / peer.cpu).toFixed(2)} × its CPU a delivery`,
      ...(ours.p50 !== undefined && peer.p50 !== undefined
        ? [`${(ours.p50 / peer.p50).toFixed(2)} × its p50`]
        : []),
    ]
    console.log(`\nhalley beside ${peer.contestant.name}: ${ratios.join(', ')}`)
  }
}

function summary(list: readonly LoadResult[]) {
  const of = (pick: (result: LoadResult) => number): number => median(list.map(pick))
  const timed = list.every(({ p50 }) => p50 !== undefined)
  return {
    perSecond: of(({ deliveries, seconds }) => deliveries / seconds),
    cpu: of(({ cpuSeconds, deliveries }) => cpuSeconds / (deliveries / 1e6)),
    p50: timed ? of(({ p50 }) => p50 as number) : undefined,
    p99: timed ? of(({ p99 }) => p99 as number) : undefined,
  }
}

function cell(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '' : milliseconds.toFixed(1)
}
