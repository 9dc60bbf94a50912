import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below what systems give to connections that leave them, so that none of these takes a port that is free just now. */
const [FIRST, BEYOND] = [11_000, 31_000]
/**
 * Processes that test at the same time draw from parts of their own: a port that was chosen and is not listened on yet,
 * or whose server is between two lives, looks free. Two ports that lie a multiple of this apart are of the same part.
 */
const PARTS = 5
const TRIES = 50
const handedOut = new Set<number>()

/** A port of the loopback address on which nobody listened a moment ago, nor on the one so many further. */
export async function freePort(further = 0): Promise<number> {
  if (further % PARTS !== 0) throw new Error(`${further} further is another process's part`)
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST / PARTS, (BEYOND - further) / PARTS) * PARTS + ownPart()
    const ports = [port, port + further]
    if (ports.some((one) => handedOut.has(one))) continue
    for (const one of ports) handedOut.add(one)
    if ((await isFree(port)) && (await isFree(port + further))) return port
  }
  throw new Error(`no port from ${FIRST} to ${BEYOND} seems to be free`)
}

/** Vitest numbers the processes that run tests at the same time from 1; its own, which brings what all share, has none. */
function ownPart(): number {
  const worker = process.env.VITEST_POOL_ID
  return worker === undefined ? 0 : 1 + (Number(worker) % (PARTS - 1))
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
