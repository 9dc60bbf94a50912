import { startRedis } from '../../e2e/parts/redis.ts'
import { redisProgram } from '../../e2e/parts/redis-program.ts'
import type { RemovalTimes } from './load/main.ts'
import { METRICS_TOKEN } from './load/removals.ts'
import { ReaderLoad } from './reader-load.ts'
import { ROOM, startProduct } from './start-product.ts'

const AT_ONCE = 256
/** Of a hundred readers, how many confirm: all, and as many as are asked where nothing is set. */
const SHARES = [100, 5]

/** Removes so many items before the eyes of so many readers who confirm, one after the other; news goes over Redis. */
export async function measureRemovals(
  readers: number,
  times: number,
  { flags }: { flags: readonly string[] },
): Promise<Map<number, RemovalTimes>> {
  const redis = await startRedis(await redisProgram())
  const env = { REDIS_URL: redis.url, ACK_SHARE: '100', METRICS_TOKEN }
  const product = await startProduct({ core: 0, flags, env })
  const load = new ReaderLoad(1)
  try {
    await load.open(readers, AT_ONCE, { transport: 'ws', port: product.port, room: ROOM, since: undefined })
    const figures = new Map<number, RemovalTimes>()
    for (const share of SHARES) figures.set(share, await load.remove(times, product.authorization, share))
    return figures
  } finally {
    await load.end()
    await product.stop()
    await redis.stop()
  }
}
