import { readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import { Child } from './child.ts'
import { freePort } from './free-port.ts'
import type { Part } from './postgres.ts'
import { type RedisProgram, redisProgram } from './redis-program.ts'
import { tempFolder } from './temp-folder.ts'

/** A Redis of its own, which a test may kill and start again on the same port. */
export interface Redis extends Part {
  readonly port: number
  readonly pid: number
  kill(): Promise<void>
  start(): Promise<void>
  /** Removes what it has stored; kill it before. */
  forget(): void
}

/** A Redis for the whole run: the one of `TEST_REDIS_URL`, else a new one. */
export async function sharedRedis(): Promise<Part> {
  const given = process.env.TEST_REDIS_URL
  return given ? { url: given, stop: async () => {} } : startRedis(await redisProgram())
}

/** From the port of a node of a Cluster to the one on which its nodes talk. */
const TO_BUS_PORT = 10_000
/** Somebody else may take a port between our look at it and its use. */
const TRIES = 3
/** A Redis that is ready answers at once. */
const ANSWER_MS = 1000

/** Starts `program` on a free port of the loopback address, with an append-only file in a folder of its own. */
export async function startRedis(
  program: RedisProgram,
  more: readonly string[] = [],
  choosePort = () => freePort(TO_BUS_PORT),
): Promise<Redis> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(await choosePort(), program, more)
    } catch (error) {
      if (tries === TRIES) throw error
    }
  }
}

async function startOn(port: number, program: RedisProgram, more: readonly string[]): Promise<Redis> {
  const folder = tempFolder('redis')
  // A setting that does nothing here, as a mark: the port may be another Redis's.
  const mark = `${basename(folder.path)}.rdb`
  let server: Child | undefined
  const start = async (): Promise<void> => {
    const { command, args } = program.at(port, folder.path, [...more, '--dbfilename', mark])
    const started = new Child(command, args, 'SIGTERM', { detached: true })
    server = started
    try {
      await started.begun('Redis to answer', () => answers(port, mark))
    } catch (error) {
      await started.end('SIGTERM')
      throw error
    }
  }
  await start().catch((error) => {
    folder.remove()
    throw error
  })
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return server?.pid ?? 0
    },
    start,
    forget: () => {
      for (const name of readdirSync(folder.path)) rmSync(join(folder.path, name), { recursive: true })
    },
    kill: async () => {
      await server?.end('SIGKILL')
      await program.afterKill?.(port)
    },
    stop: async () => {
      await server?.end('SIGTERM')
      folder.remove()
    },
  }
}

/** Whether the Redis with this mark is ready there; nobody else who has the port can hold the question up. */
function answers(port: number, mark: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    let said = ''
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\nCONFIG GET dbfilename\r\nQUIT\r\n'))
    socket.setTimeout(ANSWER_MS, () => socket.destroy())
    socket.setEncoding('utf8').on('data', (text) => {
      said += text
    })
    socket.once('error', reject)
    socket.once('close', () => resolve(said.startsWith('+PONG') && said.includes(mark)))
  })
}
