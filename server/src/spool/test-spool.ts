import { randomUUID } from 'node:crypto'
import { afterAll } from 'vitest'
import { startRedis } from '../../../e2e/parts/redis.ts'
import { redisProgram } from '../../../e2e/parts/redis-program.ts'
import { until } from '../../../e2e/parts/until.ts'
import { openRedis } from '../db/open-redis.ts'
import type { RoomId } from '../rooms/room.ts'
import { Drainers } from './drainers.ts'
import { Spool, type SpoolBounds } from './spool.ts'
import type { Fate, SpooledPost } from './spooled-post.ts'
import type { Handed } from './stream-drainer.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** A Redis of the test file, and spools and drainers on it that end with it: call it at the file's top level. */
export async function testSpools() {
  const redis = await startRedis(await redisProgram(), ['--appendfsync', 'always'])
  const opened: (() => void | Promise<void>)[] = []
  afterAll(async () => {
    for (const close of opened.reverse()) await close()
    await redis.stop()
  })
  const open = (name: string) => openRedis(redis.url, name)

  async function aSpool(bounds: Partial<SpoolBounds> = {}, prefix: string = randomUUID()) {
    const spool = new Spool({ open, prefix, logger: silent, bounds })
    opened.push(() => spool.close())
    await until('the spool to know its Redis', () => spool.keeps)
    return { spool, prefix }
  }

  function drainInto(
    spool: Spool,
    prefix: string,
    fate: (post: SpooledPost) => Fate = () => ({ is: 'stored' }),
  ) {
    const stored: string[] = []
    const deliver = async (posts: readonly Handed[]) =>
      posts.map((post) => {
        const becomes = fate(post)
        if (becomes.is === 'stored') stored.push(post.id)
        return becomes
      })
    const drainers = new Drainers({ open, prefix, backlog: spool.backlog, logger: silent, deliver })
    opened.push(() => drainers.close())
    return { stored, drainers }
  }

  return { open, opened, aSpool, drainInto }
}

export const room = 7 as RoomId
/** Another room of the same stream. */
export const neighbour = (room + 64) as RoomId
export const post = (n: number, of: RoomId = room): SpooledPost => ({
  room: of,
  id: `id-${n}`,
  poster: 'guest:a b',
  hash: `hash-${n}`,
  payload: JSON.stringify({ n }),
})
