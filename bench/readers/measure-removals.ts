import { MEASURED } from '../../e2e/parts/metrics-of.ts'
import { processTree } from '../../e2e/parts/process-tree.ts'
import { startRedis } from '../../e2e/parts/redis.ts'
import { redisProgram } from '../../e2e/parts/redis-program.ts'
import { pin } from '../publish/pinned-node.ts'
import type { RemovalTimes } from './load/main.ts'
import { ReaderLoad } from './reader-load.ts'
import { type Product, ROOM, startProduct } from './start-product.ts'

const AT_ONCE = 256
const NODE_CORE = 0
/** Of Redis and the readers. */
const OTHER_CORE = 1
/** Of a hundred readers, how many confirm: all, and as many as are asked where nothing is set. */
const SHARES = [100, 5]

/** Removes so many items before the eyes of so many readers who confirm, one after the other; news goes over Redis. */
export async function measureRemovals(
  readers: number,
  times: number,
  { flags }: { flags: readonly string[] },
): Promise<Map<number, RemovalTimes>> {
  const redis = await startRedis(await redisProgram())
  for (const { pid } of processTree(redis.pid)) pin(pid, OTHER_CORE)
  const env = { REDIS_URL: redis.url, ACK_SHARE: '100', ...MEASURED }
  const load = new ReaderLoad(OTHER_CORE)
  let product: Product | undefined
  try {
    product = await startProduct({ core: NODE_CORE, flags, env })
    await load.open(readers, AT_ONCE, { transport: 'ws', port: product.port, room: ROOM, since: undefined })
    const figures = new Map<number, RemovalTimes>()
    for (const share of SHARES) figures.set(share, await load.remove(times, product.authorization, share))
    return figures
  } finally {
    await load.end()
    await product?.stop()
    await redis.stop()
  }
}
