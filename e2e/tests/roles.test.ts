import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { makeRoom } from '../parts/command-line.ts'
import type { Transport } from '../parts/connections.ts'
import { expectSameRoom } from '../parts/expect-same-room.ts'
import { type FreshDatabase, freshDatabase } from '../parts/fresh-database.ts'
import { hasFailed } from '../parts/has-failed.ts'
import { Reader } from '../parts/reader.ts'
import { type Role, RoleProxy } from '../parts/role-proxy.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

const ROLES = ['api', 'stream', 'ingest', 'jobs'] as const
let database: FreshDatabase
let servers: Record<Role, ServerProcess>
let proxy: RoleProxy

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  const settings = { databaseUrl: database.url, redisUrl: inject('redisUrl') }
  const started = await Promise.all(
    ROLES.map(async (role) => [role, await ServerProcess.start({ ...settings, env: { ROLES: role } })]),
  )
  servers = Object.fromEntries(started)
  const ports = ROLES.map((role) => [role, [servers[role].port]])
  proxy = await RoleProxy.to(Object.fromEntries(ports))
})

afterAll(async ({}, suite) => {
  await proxy?.close()
  for (const server of Object.values(servers ?? {})) await server.remove(hasFailed(suite))
  await database?.drop()
})

test('ROLE1 each part says what it does, and refuses what another does by that name', async () => {
  const { room } = await makeRoom(servers.api)
  const asked: [Role, string, string][] = [
    ['api', 'GET', `/v1/rooms/${room}`],
    ['api', 'GET', `/v1/rooms/${room}/items`],
    ['api', 'GET', '/halley.js'],
    ['api', 'GET', '/docs'],
    ['api', 'GET', '/'],
    ['ingest', 'POST', `/v1/rooms/${room}/items`],
    ['ingest', 'DELETE', `/v1/rooms/${room}/items/0190e2a4-0000-7000-8000-000000000000`],
    ['stream', 'GET', `/v1/poll?room=${room}&wait=0`],
    ['stream', 'GET', `/v1/stream?room=${room}`],
    ['stream', 'GET', '/v1/socket'],
  ]
  for (const role of ROLES) {
    const ready = await fetch(`${servers[role].url}/health/ready`)
    expect(await ready.json()).toMatchObject({ status: 'ready', roles: [role] })
    for (const [needs, method, path] of asked) {
      const answer = await fetch(`${servers[role].url}${path}`, {
        method,
        signal: AbortSignal.timeout(10_000),
      })
      const what = `${method} ${path} at ${role}`
      expect(answer.status === 421, what).toBe(needs !== role)
      if (needs !== role) expect(await answer.json(), what).toMatchObject({ code: 'role-elsewhere' })
      else await answer.body?.cancel()
    }
  }
})

test('ROLE2 an item goes its whole way over parts of one role each, and each may be away for a while', async () => {
  const { room, moderator } = await makeRoom(servers.jobs)
  const url = (): string => proxy.url
  const transports: Transport[] = ['socket', 'stream', 'poll']
  const readers = transports.map((transport) => new Reader({ url, room, transport }))
  const writer = new Writer(url, room, 'Ada')
  const heardBy = (id: string) =>
    until('everybody to hear', () =>
      readers.every(({ known }) => known.items().some((item) => item.id === id)),
    )
  const page = async (): Promise<{ id: string }[]> =>
    (await (await fetch(`${proxy.url}/v1/rooms/${room}/items`)).json()).items

  await heardBy((await writer.post('with all parts')).id)

  await servers.stream.end()
  const unheard = await writer.post('while nobody is followed')
  expect((await page()).map(({ id }) => id)).toContain(unheard.id)
  await servers.stream.start()
  await heardBy(unheard.id)

  await servers.api.end()
  await heardBy((await writer.post('while nothing is read')).id)
  await servers.api.start()

  await servers.ingest.end()
  const connections = readers.map((reader) => reader.connections)
  const posting = writer.post('while nothing is taken')
  await until('the writer to notice', () => writer.failures > 3)
  expect((await page()).length).toBe(3)
  await servers.ingest.start()
  await heardBy((await posting).id)
  expect(readers[0]?.connections, 'the socket stayed').toBe(connections[0])

  await servers.jobs.end()
  const last = await writer.post('without work in the background')
  await heardBy(last.id)
  const removal = await fetch(`${proxy.url}/v1/rooms/${room}/items/${last.id}`, {
    method: 'DELETE',
    headers: { authorization: moderator },
  })
  expect(removal.status).toBe(200)
  expect((await page()).map(({ id }) => id)).not.toContain(last.id)
  await until('everybody to forget it', () =>
    readers.every(({ known }) => known.items().every((item) => item.id !== last.id)),
  )
  await servers.jobs.start()
  writer.accepted.splice(writer.accepted.findIndex(({ id }) => id === last.id))
  await expectSameRoom(database.sql, room, readers, [writer])
  for (const reader of readers) await reader.stop()
})
