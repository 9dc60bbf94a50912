import { readdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Child } from './child.ts'
import { freePort } from './free-port.ts'
import type { Part } from './postgres.ts'
import { type RedisProgram, redisProgram } from './redis-program.ts'
import { tempFolder } from './temp-folder.ts'
import { until } from './until.ts'

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

/** Starts `program` on a free port of the loopback address, with an append-only file in a folder of its own. */
export async function startRedis(program: RedisProgram, more: readonly string[] = []): Promise<Redis> {
  const folder = tempFolder('redis')
  const port = await freePort()
  let server: Child | undefined
  const start = async (): Promise<void> => {
    const { command, args } = program.at(port, folder.path, more)
    const started = new Child(command, args, 'SIGTERM', { detached: true })
    server = started
    await until('Redis to answer', () => answers(port, started))
  }
  await start()
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

function answers(port: number, server: Child): Promise<boolean> {
  if (!server.running) throw new Error(`Redis ended: ${server.output}`)
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', (data) => {
      socket.destroy()
      resolve(data.toString().startsWith('+PONG'))
    })
    socket.once('error', reject)
  })
}
