import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { type OwnPostgres, startOwnPostgres } from '../../e2e/parts/postgres.ts'
import { processTree } from '../../e2e/parts/process-tree.ts'
import { type Redis, startRedis } from '../../e2e/parts/redis.ts'
import { redisProgram } from '../../e2e/parts/redis-program.ts'
import { ServerProcess } from '../../e2e/parts/server-process.ts'
import { openDatabase } from '../../server/src/db/database.ts'
import { cpuSeconds } from '../publish/cpu-seconds.ts'
import { makeRooms } from '../publish/make-rooms.ts'
import { pin } from '../publish/pinned-node.ts'
import { memoryOf, nodeProcesses } from '../readers/process-figures.ts'

const COLLECT = fileURLToPath(new URL('../readers/collect-garbage.ts', import.meta.url))
const GUESTS = 1000
const quiet = { debug() {}, info() {}, warn: console.error, error: console.error }

/** Where the nodes run, and where everything else does. */
export const NODE_CORE = 0
export const OTHER_CORE = 1

/** CPU seconds so far. */
export interface Used {
  readonly nodes: number
  readonly postgres: number
  readonly redis: number
}

/** The whole product for a benchmark: a Postgres with `fsync`, a Redis that keeps a file, and nodes. */
export class Stage {
  readonly rooms: readonly string[]
  /** `Authorization` of so many guests. */
  readonly posters = Array.from({ length: GUESTS }, () => `Guest ${randomBytes(32).toString('base64url')}`)
  readonly nodes: readonly ServerProcess[]
  readonly #postgres: OwnPostgres
  readonly #redis: Redis

  private constructor(
    parts: { postgres: OwnPostgres; redis: Redis },
    nodes: readonly ServerProcess[],
    rooms: readonly string[],
  ) {
    this.#postgres = parts.postgres
    this.#redis = parts.redis
    this.nodes = nodes
    this.rooms = rooms
  }

  /** `env` is more of each node's environment. */
  static async open(wanted: {
    readonly nodes: number
    readonly rooms: number
    readonly env?: Readonly<Record<string, string>>
  }): Promise<Stage> {
    const own = await startOwnPostgres()
    const redis = await startRedis(await redisProgram())
    const nodes: ServerProcess[] = []
    try {
      const settings = {
        databaseUrl: own.url,
        redisUrl: redis.url,
        env: {
          LIMIT_CONNECTIONS_ADDRESS: '1000000',
          LOG_LEVEL: 'warn',
          NODE_OPTIONS: `--expose-gc --import ${COLLECT}`,
          ...wanted.env,
        },
      }
      for (let n = 0; n < wanted.nodes; n++) nodes.push(await ServerProcess.start(settings))
      const database = await openDatabase(own.url, { poolSize: 1, log: quiet })
      const rooms = await makeRooms(database, wanted.rooms)
      await database.close()
      for (const { pid } of [...processTree(own.pid), ...processTree(redis.pid)]) pin(pid, OTHER_CORE)
      for (const { pid } of nodes.flatMap((node) => processTree(node.pid))) pin(pid, NODE_CORE)
      const addresses = rooms.map(({ address }) => address)
      return new Stage({ postgres: own, redis }, nodes, addresses)
    } catch (error) {
      for (const node of nodes) await node.remove()
      await redis.stop()
      await own.stop()
      throw error
    }
  }

  get databaseUrl(): string {
    return this.#postgres.url
  }

  get urls(): string[] {
    return this.nodes.map(({ url }) => url)
  }

  used(): Used {
    const nodes = this.nodes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0)
    return { nodes, postgres: cpuSeconds(this.#postgres.pid), redis: cpuSeconds(this.#redis.pid) }
  }

  /** Of the nodes, in bytes, after a collection. */
  async memory(): Promise<number> {
    const pids = this.nodes.flatMap(({ pid }) => nodeProcesses(pid))
    for (const pid of pids) process.kill(pid, 'SIGUSR2')
    await new Promise((resolve) => setTimeout(resolve, 2000))
    return memoryOf(pids)
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.remove()
    await this.#redis.stop()
    await this.#postgres.stop()
  }
}
