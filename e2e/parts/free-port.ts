import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below what systems give to connections that leave them, so that none of these takes a port that is free just now. */
const [FIRST, BEYOND] = [11_000, 31_000]
const TRIES = 50

/** A port of the loopback address on which nobody listened a moment ago, nor on the one so many further. */
export async function freePort(further = 0): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, BEYOND - further)
    if ((await isFree(port)) && (await isFree(port + further))) return port
  }
  throw new Error(`no port from ${FIRST} to ${BEYOND} seems to be free`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
