import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import type { Transport } from '../../e2e/parts/connections.ts'
import { Reader } from '../../e2e/parts/reader.ts'
import { ServerProcess, type ServerSettings } from '../../e2e/parts/server-process.ts'
import { until } from '../../e2e/parts/until.ts'
import { createApiKey } from './auth/api-keys.ts'
import { testDatabase } from './db/test-database.ts'
import { createRoom } from './rooms/create-room.ts'
import { createSite } from './rooms/create-site.ts'
import type { Room, Site } from './rooms/room.ts'

const database = await testDatabase()
const site = (await createSite(database, { slug: 'acme', origins: [] })) as Site
const room = (await createRoom(database, site, { slug: 'keynote', title: 'Keynote' })) as Room
const { key } = await createApiKey(database, site.id, 'write', 'a writer')

const servers: ServerProcess[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove()
})

async function start(settings: ServerSettings = { databaseUrl: database.url }): Promise<ServerProcess> {
  const server = await ServerProcess.start(settings)
  servers.push(server)
  return server
}

function post(server: ServerProcess, text: string): Promise<Response> {
  return fetch(`${server.url}/v1/rooms/${room.address}/items`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ text, author: { name: 'Ada' } }),
  })
}

const count = async (text: string): Promise<number> => {
  const [row] = await database.sql`SELECT count(*)::int AS n FROM items WHERE text LIKE ${`${text}%`}`
  return row?.n
}

it.each(['SIGTERM', 'SIGINT'] as const)(
  'LIFE3 answers what was begun and exits with 0 on %s',
  async (signal) => {
    const server = await start()
    let accepted = 0
    let ended = false
    const write = async (): Promise<void> => {
      while (!ended) {
        const answer = await post(server, `until ${signal}`).catch(() => undefined)
        if (answer?.status === 201) accepted += 1
        else return
      }
    }
    const writers = Promise.all(Array.from({ length: 20 }, write))
    await until('some posts', () => accepted > 100)
    const silent = connect(server.port, '127.0.0.1')
    await once(silent, 'connect')
    silent.on('error', () => {})
    expect(await server.end(signal)).toBe(0)
    ended = true
    await writers
    expect(await count(`until ${signal}`)).toBe(accepted)
  },
)

it('LIFE4 serves on for a while after it was told to go, and goes at once when it is told again', async () => {
  const server = await start({ databaseUrl: database.url, env: { DRAIN_DELAY: '600', DRAIN_WINDOW: '600' } })
  process.kill(server.pid, 'SIGTERM')
  await until('it not to be ready', async () => (await fetch(`${server.url}/health/ready`)).status === 503)
  expect((await post(server, 'while going')).status).toBe(201)
  const poll = await fetch(`${server.url}/v1/poll?room=${room.address}&wait=0`)
  expect((await poll.json()).frames).toMatchObject([{ type: 'joined' }])
  expect(await server.end('SIGTERM')).toBe(0)
})

it('LIFE1 a process that goes away serves on, sends readers by every transport away, and exits with 0', async () => {
  const server = await start({ databaseUrl: database.url, env: { DRAIN_DELAY: '3', DRAIN_WINDOW: '1' } })
  const url = (): string => server.url
  const transports: Transport[] = ['socket', 'stream', 'poll']
  const readers = transports.map((transport) => new Reader({ url, room: room.address, transport }))
  await until('everybody to follow', () => readers.every(({ known }) => known.position !== undefined))
  const ended = server.end('SIGTERM')
  await until('it not to be ready', async () => (await fetch(`${server.url}/health/ready`)).status === 503)
  expect((await post(server, 'to those who are still there')).status).toBe(201)
  const told = (reader: Reader): string => JSON.stringify(reader.frames)
  await until('everybody to hear that', () => readers.every((reader) => told(reader).includes('still there')))
  await until('everybody to be sent away', () => readers.every((reader) => told(reader).includes('goaway')))
  expect(await ended).toBe(0)
  for (const reader of readers) await reader.stop()
})

it('LIFE5 stops its own Postgres last, and finds its data when it comes back', async () => {
  const server = await start({})
  const pidFile = join(server.dataDir, 'postgres', 'postmaster.pid')
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  expect(isAlive(pid)).toBe(true)
  expect(await server.end()).toBe(0)
  expect(isAlive(pid)).toBe(false)
  expect(server.output).not.toMatch(/"level":(40|50|60).*(ended|closed|ECONN)/)
  await server.start()
  expect(await server.end('SIGINT')).toBe(0)
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
