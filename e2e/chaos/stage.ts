import postgres from 'postgres'
import { type OwnPostgres, startOwnPostgres } from '../parts/postgres.ts'
import { type Redis, startRedis } from '../parts/redis.ts'
import { redisProgram } from '../parts/redis-program.ts'
import { ServerProcess } from '../parts/server-process.ts'
import type { SmallDisk } from '../parts/small-disk.ts'
import { TcpProxy } from '../parts/tcp-proxy.ts'

/** A further stretch of the line between the nodes and Redis. */
interface Line {
  readonly port: number
  close(): Promise<void>
}

export interface NodeSettings {
  /** More of this node's environment. */
  readonly env?: Readonly<Record<string, string>>
  /** Whether people post to it, and read from it; both where nothing is said. */
  readonly posts?: boolean
  readonly reads?: boolean
}

export interface StageSettings {
  readonly nodes: readonly NodeSettings[]
  /** Of Postgres, `name=value`. */
  readonly postgresOptions?: readonly string[]
  /** Of Redis, as on its command line; it keeps an append-only file in any case. */
  readonly redisOptions?: readonly string[]
  /** What they keep their files on; the machine's own disk where nothing is said. */
  readonly disks?: { readonly postgres?: SmallDisk; readonly redis?: SmallDisk }
  /** Puts something between all nodes and Redis, which is at `port`. */
  readonly beforeRedis?: (port: number) => Promise<Line>
}

/** A node and its own lines to what it stands on. */
export interface StageNode {
  readonly server: ServerProcess
  readonly toPostgres: TcpProxy
  readonly toRedis: TcpProxy
  readonly settings: NodeSettings
}

/** The real parts of an evening: a Postgres, a Redis and nodes, for nobody else. */
export class Stage {
  readonly postgres: OwnPostgres
  readonly redis: Redis
  readonly nodes: readonly StageNode[]
  /** Straight to the database, past every line that a test may cut. */
  readonly sql: postgres.Sql
  readonly #line: Line | undefined

  private constructor(
    parts: { postgres: OwnPostgres; redis: Redis; line: Line | undefined },
    nodes: readonly StageNode[],
  ) {
    this.postgres = parts.postgres
    this.redis = parts.redis
    this.#line = parts.line
    this.nodes = nodes
    this.sql = postgres(parts.postgres.url, { max: 2, connect_timeout: 3, onnotice: () => {} })
  }

  static async build(settings: StageSettings): Promise<Stage> {
    const { disks = {} } = settings
    const program = await redisProgram()
    const own = await on(disks.postgres, () => startOwnPostgres(...(settings.postgresOptions ?? [])))
    const redis = await on(disks.redis, () => startRedis(program, settings.redisOptions))
    const line = await settings.beforeRedis?.(redis.port)
    const nodes: StageNode[] = []
    for (const node of settings.nodes) {
      const toPostgres = await TcpProxy.to(Number(new URL(own.url).port))
      const toRedis = await TcpProxy.to(line?.port ?? redis.port)
      const databaseUrl = new URL(own.url)
      databaseUrl.port = `${toPostgres.port}`
      const server = await ServerProcess.start({
        databaseUrl: databaseUrl.href,
        redisUrl: `redis://127.0.0.1:${toRedis.port}`,
        env: { LIMIT_CONNECTIONS_ADDRESS: '1000000', ...node.env },
      })
      nodes.push({ server, toPostgres, toRedis, settings: node })
    }
    return new Stage({ postgres: own, redis, line }, nodes)
  }

  /** Ends everything, whatever state a test left it in; keeps what the nodes printed where it `failed`. */
  async clear(failed: boolean): Promise<void> {
    await this.sql.end({ timeout: 1 })
    for (const { server, toPostgres, toRedis } of this.nodes) {
      await server.kill()
      await server.remove(failed)
      await toPostgres.close()
      await toRedis.close()
    }
    await this.#line?.close()
    await this.redis.kill()
    await this.redis.stop()
    await this.postgres.kill()
    await this.postgres.stop()
  }
}

const on = <T>(disk: SmallDisk | undefined, make: () => Promise<T>): Promise<T> =>
  disk ? disk.during(make) : make()
