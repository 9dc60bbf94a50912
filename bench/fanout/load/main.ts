import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectReader, type Dialect } from './connect-reader.ts'
import { MARKER_BYTES, writeMarker } from './marker.ts'
import { PayloadMarkers } from './payload-markers.ts'
import { Tally } from './tally.ts'

/** One run, given as JSON in the first argument. */
export interface LoadPlan {
  readonly port: number
  readonly control: number
  readonly dialect: Dialect
  readonly readers: number
  readonly itemBytes: number
  /** Closed loop: so many messages under way until every reader has them. Open loop: so many a second. */
  readonly pace: { readonly window: number } | { readonly perSecond: number }
  readonly warmupSeconds: number
  readonly seconds: number
}

export interface LoadResult {
  readonly deliveries: number
  readonly seconds: number
  /** Of the server, while it was measured. */
  readonly cpuSeconds: number
  /** From sending to each reader, in milliseconds, in the open loop. */
  readonly p50: number | undefined
  readonly p99: number | undefined
  /** Deliveries that were missing, repeated or out of order. */
  readonly wrong: number
}

const AT_ONCE = 64
const plan: LoadPlan = JSON.parse(process.argv[2] ?? '{}')
const microseconds = (): number => performance.now() * 1000

let measuring = false
let sent = 0
let closedWindow = 0
const isOpenLoop = 'perSecond' in plan.pace
const tally = new Tally(plan.readers, () => measuring && isOpenLoop)
const control = await openControl()
await connectReaders()
const stop = isOpenLoop ? startOpenLoop() : startClosedLoop()
await sleep(plan.warmupSeconds * 1000)
const result = await measure()
stop()
await drained()
const missing = plan.readers * sent - tally.deliveries
process.stdout.write(`${JSON.stringify({ ...result, wrong: tally.wrong + missing } satisfies LoadResult)}\n`)
process.exit(0)

async function connectReaders(): Promise<void> {
  const markers = new PayloadMarkers()
  for (let first = 0; first < plan.readers; first += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, plan.readers - first) }, (_, index) =>
      connectReader(plan.port, plan.dialect, (payload) => {
        tally.count(first + index, markers.of(payload), microseconds())
        keepUp()
      }),
    )
    await Promise.all(some)
  }
}

function publish(count: number): void {
  let lines = ''
  for (let one = 0; one < count; one++) lines += `${item(sent++)}\n`
  if (lines) control.write(lines)
}

/** An item as it travels, of exactly `itemBytes`. */
function item(sequence: number): string {
  const before = `{"id":"${randomUUID()}","seq":${sequence + 1},"rev":${sequence + 1},"kind":"post","author":{"name":"Ada"},"body":[],"text":"`
  const after = '","postedAt":"2026-11-21T20:00:00.000Z"}'
  const fill = plan.itemBytes - before.length - after.length - MARKER_BYTES
  return before + writeMarker(microseconds(), sequence) + 'x'.repeat(Math.max(0, fill)) + after
}

function keepUp(): void {
  if (closedWindow > 0 && sent - tally.complete < closedWindow)
    publish(closedWindow - (sent - tally.complete))
}

function startClosedLoop(): () => void {
  closedWindow = 'window' in plan.pace ? plan.pace.window : 0
  keepUp()
  return () => {
    closedWindow = 0
  }
}

function startOpenLoop(): () => void {
  const perSecond = 'perSecond' in plan.pace ? plan.pace.perSecond : 0
  const began = performance.now()
  const timer = setInterval(() => {
    publish(Math.floor(((performance.now() - began) / 1000) * perSecond) - sent)
  }, 1)
  return () => clearInterval(timer)
}

async function measure(): Promise<Omit<LoadResult, 'wrong'>> {
  const cpuBefore = await control.cpuSeconds()
  const before = { at: performance.now(), deliveries: tally.deliveries }
  measuring = true
  await sleep(plan.seconds * 1000)
  measuring = false
  const after = { at: performance.now(), deliveries: tally.deliveries }
  const cpuSeconds = (await control.cpuSeconds()) - cpuBefore
  const latencies = tally.latencies()
  return {
    deliveries: after.deliveries - before.deliveries,
    seconds: (after.at - before.at) / 1000,
    cpuSeconds,
    p50: latencies[Math.floor(latencies.length * 0.5)],
    p99: latencies[Math.floor(latencies.length * 0.99)],
  }
}

/** What is on the way arrives, or nothing has for 10 s. */
async function drained(): Promise<void> {
  let before = -1
  for (
    let idle = 0;
    tally.complete < sent && idle < 10_000;
    idle = tally.deliveries > before ? 0 : idle + 50
  ) {
    before = tally.deliveries
    await sleep(50)
  }
}

async function openControl() {
  const socket = connect({ port: plan.control, host: '127.0.0.1', noDelay: true })
  const asked: ((line: string) => void)[] = []
  let rest = ''
  socket.setEncoding('utf8').on('data', (data: string) => {
    const lines = (rest + data).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) asked.shift()?.(line)
  })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  return {
    write: (text: string): void => void socket.write(text),
    cpuSeconds: async (): Promise<number> => {
      const line = await new Promise<string>((resolve) => {
        asked.push(resolve)
        socket.write('?\n')
      })
      const { user, system } = JSON.parse(line) as { user: number; system: number }
      return (user + system) / 1e6
    },
  }
}
