import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { startRedis } from '../../../e2e/parts/redis.ts'
import { redisProgram } from '../../../e2e/parts/redis-program.ts'
import { until } from '../../../e2e/parts/until.ts'
import { openRedis } from '../db/open-redis.ts'
import type { RoomId } from '../rooms/room.ts'
import { Veils } from './veils.ts'

const room = 7 as RoomId
/** Looks of one at what is shared, after which what is not there would count as decided elsewhere. */
const LOOKS = 5

/** How often both have looked at what is shared, since Redis was started. */
async function looksAt(url: string): Promise<number> {
  const client = new Redis(url)
  try {
    const said = await client.info('commandstats')
    return Number(/cmdstat_zrangebyscore:calls=(\d+)/.exec(said)?.[1] ?? 0)
  } finally {
    client.disconnect()
  }
}

function veils(url: string): Veils {
  const one = new Veils(openRedis(url, 'halley-veils'), 'test')
  onTestFinished(() => one.close())
  return one
}

test('SPOOL10 an item that is hidden while Redis is away stays hidden once it is back, and is hidden elsewhere', async () => {
  const redis = await startRedis(await redisProgram())
  onTestFinished(() => redis.stop())
  const [here, elsewhere] = [veils(redis.url), veils(redis.url)]
  here.hide(room, 'shared')
  await until('it to be shared', () => elsewhere.hides(room, 'shared'))
  await redis.kill()
  here.hide(room, 'untold')
  await redis.start()
  await until('what could not be told', () => elsewhere.hides(room, 'untold'))
  const before = await looksAt(redis.url)
  await until('both to have looked', async () => (await looksAt(redis.url)) >= before + 2 * LOOKS)
  expect([here.hides(room, 'untold'), here.hides(room, 'shared')]).toEqual([true, true])
  elsewhere.decided(room, 'untold')
  await until('what was decided elsewhere to be shown', () => !here.hides(room, 'untold'))
})
