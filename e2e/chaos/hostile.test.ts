import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { Child } from '../parts/child.ts'
import { connectionsOf } from '../parts/connections-of.ts'
import { MEASURED, metricsOf } from '../parts/metrics-of.ts'
import { Reader } from '../parts/reader.ts'
import { until } from '../parts/until.ts'
import { Evening } from './evening.ts'
import { Lags } from './lags.ts'
import { type Memory, memoryOf } from './process-memory.ts'
import type { StageNode } from './stage.ts'

const ATTACK = fileURLToPath(new URL('attack.ts', import.meta.url))
const ATTACK_MS = 60_000
const CALM_MS = 10_000
/**
 * Megabytes that the process may grow by under an attack: 64 KB that may wait unread for each of 1,000, and twice as
 * much for what a busy heap has not given back yet.
 */
const MOST_GROWTH = 192
/** Megabytes by which what is in use may be more in the last third of an attack than in the one before: what grows with time goes past it. */
const MOST_LATER = 16
/** A heap that is small is cleared often, so that what is in use can be seen; pages that are kept are not what is. */
const SMALL = { NODE_OPTIONS: '--max-old-space-size=256 --max-semi-space-size=8', PAGE_CACHE_MB: '1' }
/** So long that what is not read fills what the kernel keeps within the attack, and then waits in the process. */
const LONG = ` ${'and so on and on'.repeat(230)}`

interface Attack {
  readonly kind: string
  /** How many do it at one time. */
  readonly count: number
  /** Whether they stay, or are thrown out, and come back. */
  readonly stay: boolean
  /** Of how many the server ends the connection within the attack: of all that are sockets, where they are silent. */
  readonly ended: number
  /** Megabytes that may wait in the kernel for all of them; Linux lets 4 wait for each. */
  readonly waiting: number
  /** What posts end with meanwhile. */
  readonly more?: string
}

const ATTACKS: readonly Attack[] = [
  { kind: 'stop reading', count: 1000, stay: true, ended: 500, waiting: 400 },
  { kind: 'stop reading', count: 200, stay: true, ended: 200, waiting: 900, more: LONG },
  { kind: 'read a byte a second', count: 1000, stay: true, ended: 500, waiting: 400 },
  { kind: 'shake hands a byte a second', count: 500, stay: true, ended: 500, waiting: 20 },
  { kind: 'send garbage', count: 100, stay: false, ended: 100, waiting: 20 },
  { kind: 'send oversized frames', count: 100, stay: false, ended: 100, waiting: 20 },
  { kind: 'send fragments without end', count: 100, stay: false, ended: 100, waiting: 20 },
  { kind: 'join and leave without end', count: 50, stay: false, ended: 50, waiting: 20 },
]

let evening: Evening | undefined

afterEach(async ({ task }) => {
  await evening?.clear(task.result?.state === 'fail')
  evening = undefined
})

const counted = (child: Child): { opened: number; ended: number } =>
  JSON.parse(child.output.trim().split('\n').at(-1) || '{"opened":0,"ended":0}')

const rounded = ({ process, sockets, machine }: Memory): string =>
  `${process.toFixed(0)} MB, ${sockets.toFixed(1)} MB waiting in its sockets (${machine.toFixed(0)} MB in all ` +
  "of this machine's)"

/** Megabytes of the heap and beside it that are in use, or have not been cleared yet. */
async function inUseBy(server: StageNode['server']): Promise<number> {
  const metrics = await metricsOf(server)
  const of = (name: string): number => metrics.get(name) ?? Number.NaN
  return (of('nodejs_heap_size_used_bytes') + of('nodejs_external_memory_bytes')) / 1_048_576
}

/** Connections that were ended for what they did, or did not. */
async function cutBy(server: StageNode['server']): Promise<number> {
  const cuts = [...(await metricsOf(server))].filter(([name]) => /connections_cut_total/.test(name))
  return cuts.reduce((sum, [, count]) => sum + count, 0)
}

const mostOf = (seen: readonly Memory[]): number => Math.max(...seen.map(({ process }) => process))

test.each(ATTACKS)(
  'CHAOS4 $count that $kind neither fill the memory nor keep anything from the others',
  async ({ kind, count, stay, ended: least, waiting, more = '' }) => {
    evening = await Evening.begin({ nodes: [{ env: { ...MEASURED, ...SMALL } }], more })
    const { server } = evening.nodes[0] as StageNode
    const lags = new Lags()
    const { room } = evening.place
    const healthy = new Reader({ url: () => server.url, room, transport: 'socket', witness: () => lags })
    await until('the reader to have heard something', () => lags.take().count > 0)
    const memory = (): Memory => memoryOf(server.pid, server.port)
    await sleep(CALM_MS)
    const calm = { ...lags.take(), memory: memory() }
    const before = connectionsOf(server.port).length
    const attackers = new Child(
      process.execPath,
      [ATTACK, kind, `${server.port}`, room, `${count}`],
      'SIGTERM',
    )
    const isThere = (): boolean =>
      stay ? connectionsOf(server.port).length >= before + 0.9 * count : counted(attackers).ended >= count
    await evening.fault(`${count} that ${kind}`, () => {}, isThere)
    const seen: Memory[] = []
    const inUse: number[] = []
    const cutBefore = await cutBy(server)
    for (const end = performance.now() + ATTACK_MS; performance.now() < end; await sleep(1000)) {
      seen.push(memory())
      inUse.push(await inUseBy(server))
    }
    const during = lags.take()
    await evening.goesOn('under attack')
    const { opened, ended } = counted(attackers)
    const cut = (await cutBy(server)) - cutBefore
    // By then the room's window of recent changes is full, which long posts fill for as long.
    const settled = inUse.slice(inUse.length / 3)
    const half = settled.length / 2
    const [earlier, later] = [settled.slice(0, half), settled.slice(half)].map((part) => Math.min(...part))
    await attackers.end('SIGTERM')
    await until('the attackers to be gone', () => connectionsOf(server.port).length < before + 20)
    const most = seen.reduce((a, b) => (b.process + b.sockets > a.process + a.sockets ? b : a))
    console.log(
      `  ${count} that ${kind}${more && ' of a room with long posts'} for ${ATTACK_MS / 1000} s: ${opened} connections, ${ended} ended by the server\n` +
        `  in use at least ${earlier?.toFixed(0)} MB in the second third, at least ${later?.toFixed(0)} MB in the last third; ${cut} cut off\n` +
        `  before: ${rounded(calm.memory)}; at most: ${rounded(most)}; after: ${rounded(memory())}\n` +
        `  stored → heard before: p50 ${calm.p50} ms, p99 ${calm.p99} ms (${calm.count} items); during: ` +
        `p50 ${during.p50} ms, p99 ${during.p99} ms (${during.count} items)`,
    )
    await healthy.stop()
    await evening.end()
    // Who reads nothing does not see that it was ended; the server counts those, and not who never was a reader.
    expect(Math.max(ended, cut), 'connections that the server ended').toBeGreaterThanOrEqual(least)
    expect(mostOf(seen) - calm.memory.process).toBeLessThan(MOST_GROWTH)
    expect(most.sockets, 'what waits in the kernel').toBeLessThan(waiting)
    expect((later ?? 0) - (earlier ?? 0), 'what is in use grows with time').toBeLessThan(MOST_LATER)
    if (more) expect(cut, 'who were cut off for what they did not read').toBeGreaterThanOrEqual(0.9 * count)
  },
)
