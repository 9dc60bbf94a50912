import type { Transport } from './load/open-reader.ts'
import { cpuOf, kernelMemory, memoryOf, nodeProcesses } from './process-figures.ts'
import { ReaderLoad } from './reader-load.ts'
import { type Product, ROOM, startProduct } from './start-product.ts'

/** Who is there before anything is measured, so that what the first reader brings is not counted. */
const FIRST = 100
const AT_ONCE = 256
const CATCH_UP = 20

export interface ReaderFigures {
  readonly readers: number
  /** Of memory, for each reader, after a collection. */
  readonly processBytes: number
  /** The same of the second half alone: what the first half found free from the start has been used up. */
  readonly furtherBytes: number
  /** The kernel's, for each of the two sockets that a reader is on one machine. */
  readonly kernelBytes: number
  /** Arrivals at the head … */
  readonly perSecond: number
  /** … and of readers who were away. */
  readonly catchingUpPerSecond: number
  /** CPU seconds of the server for each arrival that had to catch up. */
  readonly cpuEach: number
}

export interface ReaderOptions {
  readonly workers: number
  readonly flags: readonly string[]
}

/** Half of the readers come anew, half come back with so many changes to catch up. */
export async function measureReaders(
  transport: Transport,
  readers: number,
  { workers, flags }: ReaderOptions,
): Promise<ReaderFigures> {
  const product = await startProduct({
    core: 0,
    flags,
    ...(workers > 1 && { env: { WORKERS: String(workers) } }),
  })
  const load = new ReaderLoad(1)
  try {
    const away = await headOf(product.port)
    await postItems(product, CATCH_UP)
    // A poll that has nothing to wait for is answered: it comes from where the room is.
    const since = transport === 'poll' ? await headOf(product.port) : undefined
    const arrival = { transport, port: product.port, room: ROOM, since }
    await load.open(FIRST, AT_ONCE, arrival)
    await product.collect()
    const pids = nodeProcesses(product.pid)
    const before = { memory: memoryOf(pids), kernel: kernelMemory() }
    const half = Math.floor((readers - FIRST) / 2)
    const seconds = await load.open(half, AT_ONCE, arrival)
    await product.collect()
    const middle = memoryOf(pids)
    const cpuBefore = cpuOf(pids)
    const returning = readers - FIRST - half
    const catchingUp = await load.open(returning, AT_ONCE, { ...arrival, since: since ?? away })
    const cpuEach = (cpuOf(pids) - cpuBefore) / returning
    await product.collect()
    const came = readers - FIRST
    const after = memoryOf(pids)
    return {
      readers,
      processBytes: (after - before.memory) / came,
      furtherBytes: (after - middle) / returning,
      kernelBytes: (kernelMemory() - before.kernel) / (2 * came),
      perSecond: half / seconds,
      catchingUpPerSecond: returning / catchingUp,
      cpuEach,
    }
  } finally {
    await load.end()
    await product.stop()
  }
}

async function headOf(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/v1/rooms/${ROOM}`)
  return ((await answer.json()) as { position: string }).position
}

async function postItems({ port, authorization }: Product, count: number): Promise<void> {
  for (let one = 0; one < count; one++) {
    const answer = await fetch(`http://127.0.0.1:${port}/v1/rooms/${ROOM}/items`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ author: { name: 'Ada' }, text: `item ${one} ${'x'.repeat(100)}` }),
    })
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
  }
}
