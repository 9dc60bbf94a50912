// `npx pnpm@12 run soak`: half of what `bench:product` does to one room, for half an hour, and whether anything grows.
import { readdirSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { finalAccount } from '../../e2e/chaos/final-account.ts'
import { People } from '../../e2e/chaos/people.ts'
import { makeRoom } from '../../e2e/parts/command-line.ts'
import { connectionsOf } from '../../e2e/parts/connections-of.ts'
import type { ServerProcess } from '../../e2e/parts/server-process.ts'
import { openDatabase } from '../../server/src/db/database.ts'
import { FloodReaders } from '../flood/flood-readers.ts'
import { Poster } from '../flood/poster.ts'
import { type Spread, spread } from '../flood/spread.ts'
import { OTHER_CORE, Stage } from '../product/open-stage.ts'
import { pin } from '../publish/pinned-node.ts'
import { Comers } from './comers.ts'
import { judge } from './verdict.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    readers: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '250' },
    comers: { type: 'string', default: '20' },
  },
})
const QUIET = { debug() {}, info() {}, warn: console.error, error: console.error }
const SAMPLES = 30
const LEAST_SECONDS = 5
const MB = 1_048_576
/** After which nothing waits any more for the collection of garbage that memory is measured after. */
const COLLECTED_MS = 1000
/** Of the posts that were due. */
const LEAST_REACHED = 0.95
/** Between two posts of one of the people who write in the room beside. */
const PEOPLE_MS = 1000
const seconds = Number(values.minutes) * 60
const every = Math.max(LEAST_SECONDS, seconds / SAMPLES)

pin(process.pid, OTHER_CORE)
// Pages that are kept fill what they may in the first half hour, which would hide or feign a leak.
const stage = await Stage.open({ nodes: 1, rooms: 1, env: { PAGE_CACHE_MB: '1' } })
const plan = { urls: stage.urls, rooms: stage.rooms, readers: Number(values.readers), roomsEach: 1 }
const readers = await FloodReaders.open(plan, OTHER_CORE)
const poster = new Poster(plan, { perSecond: Number(values.rate), size: 300, posters: stage.posters })
const [node] = stage.nodes as [ServerProcess]
// Beside the busy room, whose readers have sockets and only count: one that is held against the database at the end.
const place = await makeRoom(node)
const people = new People([{ server: node, settings: {} }], { pauseMs: PEOPLE_MS, place })
const comers = new Comers(stage.urls[0] as string, stage.rooms[0] as string)
const samples: { memory: number; handles: number; post: Spread; last: Spread }[] = []
const refused = new Map<string, number>()
const accepted: number[] = []
const told = new Set<number>()

console.log(
  `${cpus()[0]?.model}, ${cpus().length} cores; ${values.rate} items/s to ${values.readers} readers for ${values.minutes} min, ` +
    `${values.comers} others a second come and go; load before ${(loadavg()[0] as number).toFixed(1)}\n`,
)
console.log(
  '| minute | node’s memory, MB | its files open beside connections | posts ms p50 / p99 | post → last reader ms p50 / p99 | CPU of the node |',
)
console.log('|--:|--:|--:|--:|--:|--:|')
poster.start()
comers.start(Number(values.comers))
let before = { at: performance.now(), used: stage.used().nodes }
const begun = before.at
while (performance.now() < begun + seconds * 1000) {
  await sleep(every * 1000)
  await sample()
}
const took = (performance.now() - begun) / 1000
await poster.stop()
await comers.stop()
await sleep(2000)
take((await readers.report()).last, poster.take())
const missing = accepted.filter((sequence) => !told.has(sequence)).length
const { lost, uneven } = await readers.report()
console.log(`\n${accepted.length} posts accepted, ${missing} missing somewhere, ${uneven} readers uneven`)
const reached = accepted.length / took / Number(values.rate)
console.log(`${lost} of the readers lost, ${comers.came} came and went, ${comers.failed} of them in vain`)
console.log(`${(100 * reached).toFixed(1)} % of the posts that were due were accepted in time`)
for (const [answer, count] of refused) console.log(`${count} × ${answer}`)
const isTrue = await peopleAgree()
const flat = verdicts()
const wrong =
  missing + lost + uneven + comers.failed + refused.size + Number(reached < LEAST_REACHED) + Number(!isTrue)
await readers.end()
await stage.close()
process.exit(flat && wrong === 0 ? 0 : 1)

/** Whether readers by all transports hold the room beside as the database does, and nobody was begun anew. */
async function peopleAgree(): Promise<boolean> {
  await people.stopWriting()
  const database = await openDatabase(stage.databaseUrl, { poolSize: 1, log: QUIET })
  try {
    const { ids, items } = await finalAccount(database.sql, place.room, people)
    const resets = people.readers.flatMap(({ witness }) => witness.resets)
    console.log(
      `${people.readers.length} people on three transports hold a room as the database does: ${ids.size} posts, ` +
        `${items.length} stand, ${people.removals.all.length} removed; ${people.failures} tries failed, ${resets.length} resets`,
    )
    return people.failures + resets.length === 0
  } catch (error) {
    console.log(String(error))
    return false
  } finally {
    await people.leave()
    await database.close()
  }
}

function take(last: ReadonlyMap<number, number>, posted: ReturnType<Poster['take']>): number[] {
  for (const sequence of last.keys()) told.add(sequence)
  accepted.push(...posted.sequences)
  for (const [answer, count] of posted.refused) refused.set(answer, (refused.get(answer) ?? 0) + count)
  return [...last.values()].sort((a, b) => a - b)
}

async function sample(): Promise<void> {
  const posted = poster.take()
  const last = spread(take((await readers.report()).last, posted))
  const post = spread(posted.latencies)
  const now = { at: performance.now(), used: stage.used().nodes }
  const cpu = ((now.used - before.used) * 1000) / (now.at - before.at)
  before = now
  const memory = (await stage.memory()) / MB
  // For that garbage was collected all at once, which stops the node as nothing in its life does: not timed.
  await sleep(COLLECTED_MS)
  take((await readers.report()).last, poster.take())
  // How many connections a load has is its own affair; what the node holds when nobody is at the other end is not.
  const handles = stage.nodes.reduce((sum, { pid, port }) => {
    const whole = connectionsOf(port).filter(({ isWhole }) => isWhole).length
    return sum + readdirSync(`/proc/${pid}/fd`).length - whole
  }, 0)
  samples.push({ memory, handles, post, last })
  const pair = ({ p50, p99 }: { p50: number; p99: number }): string => `${p50.toFixed(1)} / ${p99.toFixed(1)}`
  const minute = ((now.at - begun) / 60_000).toFixed(1)
  const cells = [minute, memory.toFixed(1), handles, pair(post), pair(last), cpu.toFixed(2)]
  console.log(`| ${cells.join(' | ')} |`)
}

/** True where nothing grew. */
function verdicts(): boolean {
  const series = [
    { name: 'memory, MB', values: samples.map(({ memory }) => memory), mostShare: 0.1, nothing: 8 },
    {
      name: 'files open beside connections',
      values: samples.map(({ handles }) => handles),
      mostShare: 0.02,
      nothing: 10,
    },
    { name: 'posts’ p50, ms', values: samples.map(({ post }) => post.p50), mostShare: 0.5, nothing: 5 },
    { name: 'posts’ p99, ms', values: samples.map(({ post }) => post.p99), mostShare: 1, nothing: 20 },
    {
      name: 'last reader’s p50, ms',
      values: samples.map(({ last }) => last.p50),
      mostShare: 0.5,
      nothing: 5,
    },
    { name: 'last reader’s p99, ms', values: samples.map(({ last }) => last.p99), mostShare: 1, nothing: 20 },
  ].map(judge)
  for (const { name, mean, growth, most, isFlat } of series)
    console.log(
      `${isFlat ? 'flat' : 'GROWS'}: ${name}: mean ${mean.toFixed(1)}, from first to last ${growth.toFixed(1)} by the line ` +
        `through all, at most ${most.toFixed(1)}`,
    )
  return series.every(({ isFlat }) => isFlat)
}
