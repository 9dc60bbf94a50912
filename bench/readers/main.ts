import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { canPin } from '../pinned-node.ts'
import type { Transport } from './load/open-reader.ts'
import { measureReaders, type ReaderFigures } from './measure-readers.ts'
import { measureRemovals } from './measure-removals.ts'
import { removalsLine } from './removals-line.ts'

const { values } = parseArgs({
  options: {
    readers: { type: 'string', default: '19000' },
    workers: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: [] },
    runs: { type: 'string', default: '1' },
    removals: { type: 'string', default: '20' },
    'removal-readers': { type: 'string', default: '10000' },
    profile: { type: 'string' },
    node: { type: 'string', multiple: true, default: [] },
  },
})
const transports = (['ws', 'sse', 'poll'] as const).filter(
  (name) => values.only.length === 0 || values.only.includes(name),
)
const profile = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`] : []
const options = { workers: Number(values.workers), flags: [...profile, ...values.node] }

const where = canPin ? 'server on one core, load on another' : 'not pinned to cores'
console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}; ${where}`)
console.log(
  'the product as it is started by anybody: its own Postgres, one public room; it joins, and it sits there\n',
)
console.log(
  '| transport | readers | process KB each | of the second half | kernel KB a socket | arrivals/s | with 20 changes to catch up/s | server CPU µs each |',
)
console.log('|---|--:|--:|--:|--:|--:|--:|--:|')
for (let run = 0; run < Number(values.runs); run++)
  for (const transport of transports)
    print(transport, await measureReaders(transport, Number(values.readers), options))

if (values.only.length === 0 || values.only.includes('removal')) {
  const readers = Number(values['removal-readers'])
  for (const [share, times] of await measureRemovals(readers, Number(values.removals), options)) {
    console.log(`\n${removalsLine(readers, share, times)}`)
    console.log(`  ms to each last reader: ${times.last.map(fixed).join(' ')}`)
    console.log(`  ms to the node's having counted all: ${times.counted.map(fixed).join(' ')}`)
    console.log(`  ms to each answer: ${times.answered.map(fixed).join(' ')}`)
  }
}
process.exit(0)

function print(transport: Transport, figures: ReaderFigures): void {
  const { readers, processBytes, furtherBytes, kernelBytes, perSecond, catchingUpPerSecond, cpuEach } =
    figures
  const cells = [
    transport,
    readers,
    (processBytes / 1024).toFixed(2),
    (furtherBytes / 1024).toFixed(2),
    (kernelBytes / 1024).toFixed(2),
    Math.round(perSecond),
    Math.round(catchingUpPerSecond),
    Math.round(cpuEach * 1e6),
  ]
  console.log(`| ${cells.join(' | ')} |`)
}

function fixed(ms: number): string {
  return ms.toFixed(0)
}
