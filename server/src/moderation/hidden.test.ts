import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, expect, inject, test, vi } from 'vitest'
import { atEnd } from '../../../e2e/parts/at-end.ts'
import { TcpProxy } from '../../../e2e/parts/tcp-proxy.ts'
import { until } from '../../../e2e/parts/until.ts'
import { buildApp } from '../app.ts'
import { MemoryBus } from '../bus/memory-bus.ts'
import { openDatabase } from '../db/database.ts'
import { testApp } from '../test-app.ts'

const { database, config, ...make } = await testApp()
const there = new URL(database.url)
const proxy = await TcpProxy.to(Number(there.port))
there.port = String(proxy.port)
const logger = pino({ level: 'silent' })
const far = await openDatabase(there.href, { poolSize: 4, log: logger })
const bus = new MemoryBus()
const node = (of: typeof database) =>
  buildApp({
    config: { ...config, redisUrl: inject('redisUrl') },
    database: of,
    bus,
    logger,
  })
const { app } = await node(far)
const other = await node(database)
afterAll(async () => {
  proxy.refuse(false)
  await app.close()
  await other.app.close()
  await far.close()
  await proxy.close()
})
const site = await make.site()
const moderator = await make.key(site, 'moderate')

/** A room with an item that both nodes have read. */
async function shown() {
  const room = await make.room(site, { posting: 'guests' })
  const id = randomUUID()
  const url = `/v1/rooms/${room.address}/items`
  const headers = { authorization: moderator }
  const payload = { id, text: 'Unforgettable', author: { name: 'Ada' } }
  const posted = await app.inject({ method: 'POST', url, headers, payload })
  expect(posted.statusCode).toBe(201)
  const begin = String(posted.json().position).replace(/:\d+$/, ':0')
  const poll = async (at: typeof app, view = '') => {
    const address = encodeURIComponent(`${room.address}@${begin}`)
    return (await at.inject({ url: `/v1/poll?wait=0&room=${address}${view}`, headers: view ? headers : {} }))
      .body
  }
  for (const at of [app, other.app]) expect(await poll(at)).toContain('Unforgettable')
  return {
    page: (at: typeof app, more = {}) => at.inject({ url, headers: more }),
    item: (at: typeof app) => at.inject({ url: `${url}/${id}` }),
    remove: () => app.inject({ method: 'DELETE', url: `${url}/${id}`, headers }),
    poll,
  }
}

test('SPOOL10 an item whose removal cannot be stored is hidden from readers on every node, and not from staff', async () => {
  const { page, item, remove, poll } = await shown()
  proxy.refuse(true)
  expect((await remove()).json().code).toMatch(/^(unavailable|outcome-unknown)$/)
  expect(await poll(app)).not.toContain('Unforgettable')
  expect(await poll(app, '&view=staff')).toContain('Unforgettable')
  expect((await item(app)).statusCode).toBe(503)
  await until(
    'the other node to hide it',
    async () => !(await page(other.app)).body.includes('Unforgettable'),
  )
  expect(await poll(other.app)).not.toContain('Unforgettable')
  proxy.refuse(false)
  await until('the removal', async () => (await remove()).statusCode === 200)
  for (const at of [app, other.app]) expect(await poll(at)).toContain('"removed":true')
  await until('it to be gone for good', async () => (await item(app)).statusCode === 410)
})

test('SPOOL11 an item whose removal nobody tries again is shown again, and its readers load the room anew', async () => {
  const { page, item, remove, poll } = await shown()
  const before = String((await page(app)).headers.etag)
  proxy.refuse(true)
  expect((await remove()).statusCode).toBe(503)
  proxy.refuse(false)
  const hidden = await until('Postgres', async () => {
    const answer = await page(app, { 'if-none-match': before })
    return answer.statusCode === 200 && answer
  })
  expect(hidden.body).not.toContain('Unforgettable')
  let tag = String(hidden.headers.etag)
  // It is hidden for a minute, and that is over.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 })
  atEnd(() => void vi.useRealTimers())
  await until('it to be shown to whoever asks for what has changed', async () => {
    const answer = await page(app, { 'if-none-match': tag })
    if (answer.statusCode === 200) tag = String(answer.headers.etag)
    return answer.body.includes('Unforgettable')
  })
  expect((await item(app)).statusCode).toBe(200)
  await until('it to be told', async () => (await poll(app)).includes('Unforgettable'))
})
