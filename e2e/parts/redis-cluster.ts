import { Redis as Client } from 'ioredis'
import { type Redis, startRedis } from './redis.ts'
import { redisProgram } from './redis-program.ts'
import { until } from './until.ts'

const SLOTS = 16_384
const NODE_TIMEOUT_MS = 2000

/** A Redis Cluster of three masters with a replica each, of which a test may kill and start nodes. */
export interface RedisCluster {
  /** Addresses of all nodes, with commas between. */
  readonly url: string
  /** The first three were made masters, the others replicas of them in the same order. */
  readonly nodes: readonly Redis[]
  /** The index of the node that is master of a key now, as a live node sees it. */
  masterOf(key: string): Promise<number>
  stop(): Promise<void>
}

/** Resolves when every slot is served and every master has its replica. */
export async function startRedisCluster(): Promise<RedisCluster> {
  const program = await redisProgram()
  const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', `${NODE_TIMEOUT_MS}`].concat(
    ...['--repl-diskless-sync-delay', '0'],
    // A replica is listed when it has heard something of its master.
    ...['--repl-ping-replica-period', '1'],
  )
  const nodes = await Promise.all(Array.from({ length: 6 }, () => startRedis(program, settings)))
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.stop()))
  }
  try {
    await join(nodes)
  } catch (error) {
    await stop()
    throw error
  }
  const url = nodes.map((node) => node.url).join(',')
  return { url, nodes, stop, masterOf: (key) => masterOf(nodes, key) }
}

async function join(nodes: readonly Redis[]): Promise<void> {
  const clients = nodes.map(({ port }) => new Client(port, '127.0.0.1'))
  try {
    const [first] = clients as [Client]
    for (const [index, client] of clients.entries()) {
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', `${index + 1}`)
      if (index >= 3) continue
      const [from, end] = [index, index + 1].map((third) => Math.floor((third * SLOTS) / 3))
      await client.call('CLUSTER', 'ADDSLOTSRANGE', `${from}`, `${(end as number) - 1}`)
    }
    await meet(clients, nodes[0]?.port ?? 0)
    const ids = await Promise.all(clients.slice(0, 3).map((client) => client.call('CLUSTER', 'MYID')))
    for (const [index, client] of clients.slice(3).entries()) {
      await client.call('CLUSTER', 'REPLICATE', ids[index] as string)
    }
    await until('every slot to have a master and a replica', async () => {
      const ranges = (await first.call('CLUSTER', 'SLOTS')) as unknown[][]
      return ranges.length === 3 && ranges.every((range) => range.length === 4)
    })
    for (const client of clients)
      await until('every node to call the cluster whole', async () =>
        String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok'),
      )
    for (const client of clients.slice(3))
      await until('a replica to follow', async () =>
        String(await client.info('replication')).includes('master_link_status:up'),
      )
  } finally {
    for (const client of clients) client.disconnect()
  }
}

/** Asked for again and again: where a busy machine lets a handshake take too long, Redis forgets it without a word. */
async function meet(clients: readonly Client[], port: number): Promise<void> {
  let askedAt = Number.NEGATIVE_INFINITY
  await until('every node to know all others', async () => {
    const views = await Promise.all(
      clients.map(async (client) => String(await client.call('CLUSTER', 'NODES'))),
    )
    const alone = clients.filter(
      (_, index) =>
        views[index]?.trim().split('\n').length !== clients.length || views[index]?.includes('handshake'),
    )
    if (alone.length > 0 && performance.now() - askedAt > NODE_TIMEOUT_MS) {
      askedAt = performance.now()
      for (const client of alone.filter((each) => each !== clients[0]))
        await client.call('CLUSTER', 'MEET', '127.0.0.1', `${port}`)
    }
    return alone.length === 0
  })
}

async function masterOf(nodes: readonly Redis[], key: string): Promise<number> {
  for (const { port } of nodes) {
    const client = new Client(port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null })
    client.on('error', () => {})
    try {
      await client.connect()
      const slot = Number(await client.call('CLUSTER', 'KEYSLOT', key))
      const ranges = (await client.call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][]
      const range = ranges.find(([from, to]) => from <= slot && slot <= to)
      return nodes.findIndex((node) => node.port === range?.[2][1])
    } catch {
      // This one is down; another knows.
    } finally {
      client.disconnect()
    }
  }
  throw new Error('no node of the cluster answers')
}
