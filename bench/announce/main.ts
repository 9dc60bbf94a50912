import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { startRedis } from '../../e2e/parts/redis.ts'
import { redisProgram } from '../../e2e/parts/redis-program.ts'
import type { RoomNews } from '../../server/src/bus/bus.ts'
import { encodeNews } from '../../server/src/bus/encode-news.ts'
import { RedisBus } from '../../server/src/bus/redis-bus.ts'
import { openRedis } from '../../server/src/db/open-redis.ts'
import type { RoomId } from '../../server/src/rooms/room.ts'

/*
 * What it costs to keep the newest of each room in Redis while telling of it, beside telling alone: microseconds of
 * CPU for one change, in this process and in Redis. Rounds of both are run in turns.
 */
const CHANGES = 30_000
const ROOMS = 100
const ROUNDS = 3
const text = (rev: number) =>
  JSON.stringify({ rev, type: 'posted', item: { id: randomUUID(), rev, text: 'x'.repeat(300) } })

function news(rev: number, changes: number): RoomNews {
  const told = Array.from({ length: changes }, (_, index) => {
    const json = text(rev + index + 1)
    return { rev: rev + index + 1, item: randomUUID(), readers: json, staff: json }
  })
  return { epoch: 'k3f9', after: rev, to: rev + changes, changes: told }
}

const redis = await startRedis(await redisProgram())
const client = openRedis(redis.url, 'bench', { together: true })
const bus = new RedisBus({ url: redis.url, prefix: 'bench', logger: { warn: () => {} } })
while (!bus.connected() || client.status !== 'ready') await sleep(10)

async function cpuOfRedis(): Promise<number> {
  const info = await client.info('cpu')
  const used = [...info.matchAll(/^used_cpu_(?:sys|user):([\d.]+)/gm)].map(([, seconds]) => Number(seconds))
  return used.reduce((sum, seconds) => sum + seconds, 0) * 1e6
}

async function measure(name: string, batch: number, send: (room: RoomId, one: RoomNews) => Promise<unknown>) {
  const all = Array.from({ length: CHANGES / batch }, (_, index) => {
    const before = Math.floor(index / ROOMS) * batch
    return [((index % ROOMS) + 1) as RoomId, news(before, batch)] as const
  })
  await client.flushall()
  const [began, theirs] = [process.cpuUsage(), await cpuOfRedis()]
  for (let start = 0; start < all.length; start += ROOMS)
    await Promise.all(all.slice(start, start + ROOMS).map(([room, one]) => send(room, one)))
  const { user, system } = process.cpuUsage(began)
  const [ours, redisCpu] = [user + system, (await cpuOfRedis()) - theirs].map((us) => us / CHANGES)
  console.log(
    `${name}, ${batch} changes at once: ${ours?.toFixed(1)} µs here, ${redisCpu?.toFixed(1)} µs in Redis`,
  )
}

for (let round = 0; round < ROUNDS; round++) {
  for (const batch of [1, 10]) {
    await measure('told only    ', batch, (room, one) =>
      client.publish(`news:${room}`, encodeNews('bench', one)),
    )
    await measure('told and kept', batch, async (room, one) => {
      bus.publish(room, one)
      await bus.flushed()
    })
  }
}
await bus.close()
client.disconnect()
await redis.stop()
