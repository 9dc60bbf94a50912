import { readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
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

/** Starts `program` on a free port of the loopback address, with an append-only file in a folder of its own. */
export async function startRedis(program: RedisProgram, more: readonly string[] = []): Promise<Redis> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(await freePort(TO_BUS_PORT), program, more)
    } catch (error) {
      if (tries === TRIES) throw error
    }
  }
}

async function startOn(port: number, program: RedisProgram, more: readonly string[]): Promise<Redis> {
  const folder = tempFolder('redis')
  let server: Child | undefined
  const start = async (): Promise<void> => {
    const { command, args } = program.at(port, folder.path, more)
    const started = new Child(command, args, 'SIGTERM', { detached: true })
    server = started
    await started.begun('Redis to answer', () => answers(port))
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

function answers(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString().startsWith('+PONG'))
    })
    socket.once('error', reject)
  })
}
