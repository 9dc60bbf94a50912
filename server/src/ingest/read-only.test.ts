import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import postgres from 'postgres'
import { afterAll, expect, test } from 'vitest'
import { startRedis } from '../../../e2e/parts/redis.ts'
import { redisProgram } from '../../../e2e/parts/redis-program.ts'
import { until } from '../../../e2e/parts/until.ts'
import { buildApp } from '../app.ts'
import { MemoryBus } from '../bus/memory-bus.ts'
import { registry } from '../metrics/metrics.ts'
import type { Room } from '../rooms/room.ts'
import { Rooms } from '../rooms/rooms.ts'
import type { SpooledPost } from '../spool/spooled-post.ts'
import { guest, testApp } from '../test-app.ts'
import { drainPosts } from './drain-posts.ts'
import { toSpooledPost } from './queued-post.ts'

const { database, config, log, box: _box, ...make } = await testApp()
const redis = await startRedis(await redisProgram(), ['--appendfsync', 'always'])
const logger = pino({ level: 'silent' })
const { app } = await buildApp({
  config: { ...config, redisUrl: redis.url },
  database,
  bus: new MemoryBus(),
  logger,
})
/** The one who operates Postgres, whose own session can always write. */
const operator = postgres(database.url, {
  max: 1,
  onnotice: () => {},
  connection: { options: '-c default_transaction_read_only=off' },
})
afterAll(async () => {
  await app.close()
  await operator.end()
  await redis.stop()
})
const site = await make.site()
const open = { posting: 'guests' } as const

const ready = async () => (await app.inject('/health/ready')).json()
const cut = () => operator`
  SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`

/** As a provider does it, and for sessions that are open, too. */
async function readOnly(on: boolean): Promise<void> {
  await operator.unsafe(
    `ALTER DATABASE "${new URL(database.url).pathname.slice(1)}" SET default_transaction_read_only = ${on}`,
  )
  await cut()
  const state = on ? 'read-only' : 'up'
  await until(`Postgres to be ${state}`, async () => {
    const [row] = await database.sql`SHOW transaction_read_only`
    return row?.transaction_read_only === (on ? 'on' : 'off') && (await ready()).database === state
  })
}

async function number(name: string): Promise<number> {
  const { values } = (await registry.getSingleMetric(`halley_${name}`)?.get()) ?? { values: [] }
  return values[0]?.value ?? 0
}

async function stored(room: Room): Promise<string[]> {
  const page = await log.page(room.id, { view: 'staff', limit: 200 })
  if (page === 'item-unknown') throw new Error('no page')
  return page.items.map(({ id }) => id).reverse()
}

test('SPOOL17 while Postgres takes no writes posts are queued and removals hide, and afterwards all is stored', async () => {
  const room = await make.room(site, open)
  const headers = { authorization: guest() }
  const url = `/v1/rooms/${room.address}/items`
  const post = (id: string, text = 'Hello') =>
    app.inject({ method: 'POST', url, headers, payload: { id, text, author: { name: 'Ada' } } })
  const moderator = { authorization: await make.key(site, 'moderate') }
  const bad = randomUUID()
  await until('a post to be stored', async () => (await post(bad, 'Unforgettable')).statusCode < 202)
  const remove = () => app.inject({ method: 'DELETE', url: `${url}/${bad}`, headers: moderator })
  const [parked, outages] = [await number('spool_parked_total'), await number('outages_total')]

  await readOnly(true)
  const ids = Array.from({ length: 20 }, () => randomUUID())
  for (const id of ids) {
    const told = await post(id)
    expect([told.statusCode, told.json()]).toEqual([202, { id, status: 'queued' }])
  }
  // The later ones need not fail first.
  await until('the outage to be known', async () => (await number('outages_total')) === outages + 1, 5)
  const removing = await remove()
  expect([removing.statusCode, removing.json().code]).toEqual([503, 'unavailable'])
  expect((await app.inject(url)).body).not.toContain('Unforgettable')
  await until('all to be seen to wait', async () => (await ready()).queued === ids.length)
  expect(await ready()).toMatchObject({ status: 'ready', database: 'read-only', spool: 'keeps' })
  expect(await number('database_up')).toBe(1)

  await readOnly(false)
  await until('all to be stored', async () => (await stored(room)).length === 1 + ids.length)
  expect(await stored(room)).toEqual([bad, ...ids])
  await until('the removal', async () => (await remove()).statusCode === 200)
  await until('the queue to be empty', async () => (await ready()).queued === 0)
  expect(await number('spool_parked_total')).toBe(parked)
})

const drain = drainPosts({ log, rooms: new Rooms(database), stillVouched: async () => true, logger })

function queued(room: Room, text: string): SpooledPost {
  const caller = { kind: 'guest', poster: 'guest:ada' } as const
  return toSpooledPost(room, caller, { id: randomUUID(), text, author: { name: 'Ada' } }, text)
}

test('SPOOL18 a queued post waits for whatever is wrong with the database, and what is wrong with it is its own', async () => {
  const [room, other] = [await make.room(site, open), await make.room(site, open)]
  const fates = async (...posts: SpooledPost[]) => (await drain(posts)).map(({ is }) => is)
  const [first, second, elsewhere] = [queued(room, 'One'), queued(room, 'Two'), queued(other, 'One')]

  await readOnly(true)
  expect(await fates(first, second, elsewhere)).toEqual(['later', 'later', 'later'])
  await readOnly(false)
  await operator`ALTER TABLE changes RENAME TO mislaid`
  expect(await fates(first, second, elsewhere)).toEqual(['later', 'later', 'later'])
  await operator`ALTER TABLE mislaid RENAME TO changes`

  await operator`
    CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE 'invalid page in block 7' USING ERRCODE = TG_ARGV[0]; END $$`
  const breaks = (code: string) =>
    operator.unsafe(`
      CREATE OR REPLACE TRIGGER breaks BEFORE INSERT ON items FOR EACH ROW
      WHEN (NEW.room_id = ${room.id} AND NEW.text = 'One') EXECUTE FUNCTION break_down('${code}')`)
  await breaks('XX001')
  expect(await fates(first, second, elsewhere)).toEqual(['later', 'later', 'stored'])
  await breaks('23514')
  expect(await fates(first, second)).toEqual(['failed', 'later'])
  expect(await fates({ ...first, payload: '{' }, second)).toEqual(['failed', 'later'])
  await operator`DROP TRIGGER breaks ON items`

  expect(await fates(first, second, elsewhere)).toEqual(['stored', 'stored', 'stored'])
  expect(await stored(room)).toEqual([first.id, second.id])
  const [third, broken, last] = [
    queued(room, 'Three'),
    { ...queued(room, 'Four'), payload: '{' },
    queued(room, 'Five'),
  ]
  expect(await fates(third, broken, last)).toEqual(['stored', 'failed', 'later'])
  expect(await stored(room)).toEqual([first.id, second.id, third.id])
  expect(await stored(other)).toEqual([elsewhere.id])
})
