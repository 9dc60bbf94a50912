import type { RemovalTimes } from './load/main.ts'
import { ReaderLoad } from './reader-load.ts'
import { ROOM, startProduct } from './start-product.ts'

const AT_ONCE = 256

/** Removes so many items before the eyes of so many readers, one after the other. */
export async function measureRemovals(
  readers: number,
  times: number,
  { flags }: { flags: readonly string[] },
): Promise<RemovalTimes> {
  const product = await startProduct({ core: 0, flags })
  const load = new ReaderLoad(1)
  try {
    await load.open(readers, AT_ONCE, { transport: 'ws', port: product.port, room: ROOM, since: undefined })
    return await load.remove(times, product.authorization)
  } finally {
    await load.end()
    await product.stop()
  }
}
