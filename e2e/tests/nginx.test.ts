import { CLOSE_CODES } from '@halley/shared'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import WebSocket from 'ws'
import { makeRoom } from '../parts/command-line.ts'
import type { Transport } from '../parts/connections.ts'
import { expectSameRoom } from '../parts/expect-same-room.ts'
import { type FreshDatabase, freshDatabase } from '../parts/fresh-database.ts'
import { hasFailed } from '../parts/has-failed.ts'
import { Nginx } from '../parts/nginx.ts'
import { Reader } from '../parts/reader.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

const TRANSPORTS: readonly Transport[] = ['socket', 'stream', 'poll']
let database: FreshDatabase
let nodes: ServerProcess[]
let nginx: Nginx

const startNode = (env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> =>
  ServerProcess.start({
    databaseUrl: database.url,
    redisUrl: inject('redisUrl'),
    env: { TRUST_PROXY: '127.0.0.1', METRICS_TOKEN: METRICS, ...env },
  })

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  nodes = [await startNode(), await startNode()]
  nginx = await Nginx.before(nodes.map(({ port }) => port))
})

afterAll(async ({}, suite) => {
  await nginx?.stop()
  for (const node of nodes ?? []) await node.remove(hasFailed(suite))
  await database?.drop()
})

const METRICS = 'of the tests of nginx'
const url = (): string => nginx.url

test('NGINX1 each single item passes at once on every transport, and no request fails though nodes are killed', async () => {
  const { room } = await makeRoom(nodes[0] as ServerProcess)
  const readers = TRANSPORTS.map((transport) => new Reader({ url, room, transport }))
  const ada = new Writer(url, room, 'Ada')
  for (let n = 1; n <= 5; n += 1) {
    await ada.post(`alone ${n}`)
    await until('every reader to have it', () => readers.every(({ known }) => known.items().length >= n))
  }
  const writers = ['Ben', 'Cleo', 'Dan'].map((name) => new Writer(url, room, name))
  const enough = new AbortController()
  const writing = Promise.all(writers.map((writer) => writer.writeUntil(enough.signal)))
  const posted = (): number => writers.reduce((sum, { accepted }) => sum + accepted.length, 0)
  try {
    for (const node of [...nodes, ...nodes]) {
      const before = posted()
      await until('posts to go on', () => posted() > before + 50)
      await node.kill()
      await until('posts to go on with one node', () => posted() > before + 150)
      await node.start()
    }
  } finally {
    enough.abort()
    await writing
  }
  expect(writers.map(({ failures }) => failures)).toEqual([0, 0, 0])
  const { items } = await expectSameRoom(database.sql, room, readers, [ada, ...writers])
  const again = writers.flatMap(({ accepted }) => accepted.filter(({ status }) => status === 200)).length
  console.log(
    `${items.length} items, 4 kills, no failed request; ${again} posts were stored before nginx repeated them`,
  )
  for (const reader of readers) await reader.stop()
})

test('NGINX2 what is for operators is not handed out, and nobody chooses the address that they count as', async () => {
  for (const path of ['/metrics', '/health/ready', '/health/live'])
    expect((await fetch(nginx.url + path, { headers: { authorization: `Bearer ${METRICS}` } })).status).toBe(
      404,
    )
  const strict = await startNode({ LIMIT_CONNECTIONS_ADDRESS: '2' })
  const before = await Nginx.before([strict.port])
  try {
    const visitors: WebSocket[] = []
    /** The code with which it was closed; undefined where it stays open. */
    const arrive = (localAddress: string, forwarded: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`${before.url.replace('http', 'ws')}/v1/socket`, 'halley.v1', {
          localAddress,
          headers: { 'x-forwarded-for': forwarded },
        })
        visitors.push(socket)
        socket.on('error', reject)
        socket.on('open', () => socket.send('{"type":"ping"}'))
        socket.on('message', () => resolve(undefined))
        socket.on('close', (code) => resolve(code))
      })
    expect(await arrive('127.0.0.1', '192.0.2.1')).toBeUndefined()
    expect(await arrive('127.0.0.1', '192.0.2.2')).toBeUndefined()
    expect(await arrive('127.0.0.1', '192.0.2.3, 192.0.2.4')).toBe(CLOSE_CODES['too-many'].code)
    expect(await arrive('127.0.0.2', '127.0.0.1')).toBeUndefined()
    for (const socket of visitors) socket.terminate()
  } finally {
    await before.stop()
    await strict.remove()
  }
})

test('NGINX3 scripts pass as they were compressed, and pages are compressed and asked for again in vain', async () => {
  const { room } = await makeRoom(nodes[0] as ServerProcess)
  const ada = new Writer(url, room, 'Ada')
  for (let n = 1; n <= 20; n += 1) await ada.post(`item ${n}`)
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(nginx.url + path, { headers: { 'accept-encoding': 'gzip', ...headers } })
    return { answer, body: await answer.text() }
  }
  const loader = await get('/halley.js')
  const direct = await fetch(`${nodes[0]?.url}/halley.js`, { headers: { 'accept-encoding': 'gzip' } })
  expect(loader.body).toBe(await direct.text())
  for (const name of [
    'content-encoding',
    'content-length',
    'cache-control',
    'etag',
    'access-control-allow-origin',
  ])
    expect([name, loader.answer.headers.get(name)]).toEqual([name, direct.headers.get(name)])
  const page = await get(`/v1/rooms/${room}/items`)
  expect(page.answer.headers.get('content-encoding')).toBe('gzip')
  const etag = page.answer.headers.get('etag') ?? ''
  expect((await get(`/v1/rooms/${room}/items`, { 'if-none-match': etag })).answer.status).toBe(304)
})
