import { randomUUID } from 'node:crypto'
import { afterAll, expect, inject, test } from 'vitest'
import { openRedis, reached } from '../db/open-redis.ts'
import { redisPrefix } from '../db/redis-prefix.ts'
import { SpoolLink } from '../spool/spool-link.ts'
import { StreamDrainer, TRIES } from '../spool/stream-drainer.ts'
import { streamKeys, streamOf } from '../spool/stream-keys.ts'
import { testApp } from '../test-app.ts'
import { runHalley } from './test-halley.ts'

const { database, ...make } = await testApp()
const link = new SpoolLink(openRedis(inject('redisUrl'), 'test'))
afterAll(() => link.close())

const halley = (args: readonly string[], REDIS_URL?: string) =>
  runHalley(args, { DATABASE_URL: database.url, ...(REDIS_URL && { REDIS_URL }) })

test('CLI10 a queued post that could not be stored is listed, tried again and given up', async () => {
  const REDIS_URL = inject('redisUrl')
  const spool = async (...args: string[]) => {
    const { code, out, err } = await halley(['spool', ...args, '--json'], REDIS_URL)
    return { code, err, told: code === 0 && JSON.parse(out) }
  }
  const room = await make.room(await make.site())
  const prefix = await redisPrefix(database)
  expect(await reached(link.redis)).toBe(true)
  const stream = streamOf(room.id)
  const { posts, rooms, known, meta, closing } = streamKeys(prefix, stream)
  const id = randomUUID()
  const waiting = [room.id, `${room.id}/${id}`, 'hash guest:ada', '{}', 'anyway', 9, 999, 99_999, 9]
  await link.run('spoolAdd', [posts, rooms, known, meta, closing], waiting)
  const putAside = async () => {
    const drainer = await StreamDrainer.take(link, { prefix, stream, node: 'test', tries: new Map() })
    for (let n = 0; n < TRIES; n += 1)
      await drainer?.chunk(async (all) => all.map(() => ({ is: 'failed', why: 'it breaks' })))
    await drainer?.release()
  }
  await putAside()
  expect((await spool('list')).told).toMatchObject([{ room: room.address, id, why: 'it breaks' }])
  expect((await halley(['spool', 'list'], REDIS_URL)).out).toContain(room.address)
  expect((await spool('retry')).told).toEqual({ ids: [id] })
  expect((await spool('list')).told).toEqual([])
  expect(await spool('drop', id)).toMatchObject({ code: 1, err: expect.stringContaining(id) })
  await putAside()
  expect((await spool('drop', id)).told).toEqual({ ids: [id] })
  expect((await spool('list')).told).toEqual([])
  expect(await halley(['spool', 'list'])).toMatchObject({
    code: 1,
    err: expect.stringContaining('REDIS_URL'),
  })
})
