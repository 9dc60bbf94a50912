import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, inject, it } from 'vitest'
import { Child } from '../parts/child.ts'
import { makeRoom } from '../parts/command-line.ts'
import type { Transport } from '../parts/connections.ts'
import { expectSameRoom } from '../parts/expect-same-room.ts'
import { freePort } from '../parts/free-port.ts'
import { type FreshDatabase, freshDatabase } from '../parts/fresh-database.ts'
import { isAlive, processTree, signalTree } from '../parts/process-tree.ts'
import { Reader } from '../parts/reader.ts'
import { ServerProcess, type ServerSettings } from '../parts/server-process.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

const TOKEN = 'of the tests of workers'
const MAIN = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))

let database: FreshDatabase
beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
})
afterAll(() => database.drop())

const servers: ServerProcess[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.remove()
})

async function start(settings: ServerSettings = {}): Promise<ServerProcess> {
  const server = await ServerProcess.start({
    databaseUrl: database.url,
    ...settings,
    env: { WORKERS: '2', ...settings.env },
  })
  servers.push(server)
  return server
}

/** What was logged, oldest first. */
function logged(server: ServerProcess): { level: number; msg: string; worker?: number; process?: number }[] {
  const lines = server.output.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'))
  return lines.map((line) => JSON.parse(line))
}

/** The process that has each worker's place now. */
function workers(server: ServerProcess): Map<number, number> {
  const serving = logged(server).filter(({ msg }) => msg === 'a worker serves')
  return new Map(serving.map(({ worker, process }) => [worker as number, process as number]))
}

async function ready(server: ServerProcess): Promise<Record<string, unknown>> {
  return (await fetch(`${server.url}/health/ready`)).json() as Promise<Record<string, unknown>>
}

const allServe = (server: ServerProcess) =>
  until('all workers to serve', async () => {
    const { workers: number, serving } = await ready(server)
    // What they log comes by another way than their answer, and may come after it.
    return number === serving && workers(server).size === number
  })

it('CREW1 CREW2 CREW8 readers and writers of all workers end equal without Redis, though workers are killed', async () => {
  const server = await start()
  await allServe(server)
  expect(new Set(workers(server).values()).size).toBe(2)
  for (const pid of workers(server).values())
    expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--v8-pool-size=1')).toBe(
      availableParallelism() < 4,
    )
  const { room } = await makeRoom(server)
  const url = (): string => server.url
  const transports: Transport[] = ['socket', 'stream', 'poll', 'socket']
  const readers = transports.map((transport) => new Reader({ url, room, transport }))
  const writers = ['Ada', 'Kevin', 'Noor'].map((name) => new Writer(url, room, name))
  const enough = new AbortController()
  const writing = Promise.all(writers.map((writer) => writer.writeUntil(enough.signal, 25)))
  for (const place of [1, 2]) {
    await until('posts', () => readers.every(({ known }) => known.rev > place * 50))
    const pid = workers(server).get(place) as number
    process.kill(pid, 'SIGKILL')
    await until('another in its place', () => workers(server).get(place) !== pid)
  }
  enough.abort()
  await writing
  await expectSameRoom(database.sql, room, readers, writers)
  for (const reader of readers) await reader.stop()
  expect(logged(server).filter(({ msg }) => msg.startsWith('a worker has ended'))).toHaveLength(2)
})

it('CREW3 workers that end again and again are an alarm, said once and by `ready`, and are tried on', async () => {
  const server = await start()
  await allServe(server)
  expect(await ready(server)).toMatchObject({ status: 'ready', workers: 2, serving: 2, crashLoop: false })
  for (let crash = 0; crash < 6; crash += 1) {
    const pid = workers(server).get(1) as number
    process.kill(pid, 'SIGKILL')
    await until('another in its place', () => workers(server).get(1) !== pid)
  }
  await allServe(server)
  expect(await ready(server)).toMatchObject({ status: 'ready', workers: 2, serving: 2, crashLoop: true })
  expect(logged(server).filter(({ level }) => level === 60)).toHaveLength(1)
})

it('CREW4 SIGTERM sends the readers of all workers away and ends its own Postgres last, with exit code 0', async () => {
  const server = await start({ databaseUrl: '', env: { DRAIN_DELAY: '1', DRAIN_WINDOW: '1' } })
  const { room } = await makeRoom(server)
  const url = (): string => server.url
  const transports: Transport[] = ['socket', 'stream', 'poll', 'socket']
  const readers = transports.map((transport) => new Reader({ url, room, transport }))
  await until('everybody to follow', () => readers.every(({ known }) => known.position !== undefined))
  const postgres = Number(
    readFileSync(join(server.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0],
  )
  await allServe(server)
  const all = [postgres, ...workers(server).values()]
  expect(all.every(isAlive)).toBe(true)
  // A terminal's Ctrl-C reaches every process of the group.
  process.kill(-server.pid, 'SIGINT')
  await until('it not to be ready', async () => (await fetch(`${server.url}/health/ready`)).status === 503)
  const told = (reader: Reader): string => JSON.stringify(reader.frames)
  await until('everybody to be sent away', () => readers.every((reader) => told(reader).includes('goaway')))
  await until('it to be gone', () => !isAlive(server.pid))
  expect(await server.end(), server.output).toBe(0)
  expect(all.some(isAlive)).toBe(false)
  for (const reader of readers) await reader.stop()
})

it('CREW4 a Ctrl-C that meets a worker before it can listen to it does not keep the node from starting', async () => {
  const { env } = await start()
  const port = await freePort()
  const more = {
    HOST: '127.0.0.1',
    PORT: `${port}`,
    WORKERS: '2',
    DEMO: 'off',
    DRAIN_DELAY: '0',
    DRAIN_WINDOW: '0',
  }
  const child = new Child(process.execPath, [MAIN], 'SIGTERM', { env: { ...env, ...more } })
  const worker = await until('a worker to begin', () => processTree(child.pid)[1])
  process.kill(worker.pid, 'SIGINT')
  await until('it to be gone', () => !isAlive(worker.pid))
  await until('all workers to serve', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`)
    return ((await answer.json()) as { serving: number }).serving === 2
  })
  expect(await child.end('SIGTERM', 30), child.output).toBe(0)
})

it('CREW5 workers whose primary process was killed end, and the next start has the data', async () => {
  const server = await start({ databaseUrl: '' })
  const { room } = await makeRoom(server)
  const writer = new Writer(() => server.url, room, 'Ada')
  await writer.post('before')
  await allServe(server)
  const left = [...workers(server).values()]
  // It alone: `kill` would end the workers as well.
  process.kill(server.pid, 'SIGKILL')
  try {
    await until('the workers to end', () => !left.some(isAlive))
  } finally {
    for (const pid of left) signalTree(pid, 'SIGKILL')
    await server.kill()
  }
  await server.start()
  const page = await fetch(`${server.url}/v1/rooms/${room}/items`)
  expect(await page.json()).toMatchObject({ items: [{ text: 'before' }] })
})

it('CREW6 a port that is taken keeps the node from starting, with its reason', async () => {
  const server = await start()
  const second = spawnSync(process.execPath, [MAIN], {
    env: { ...server.env, HOST: '127.0.0.1', PORT: `${server.port}`, WORKERS: '2' },
    encoding: 'utf8',
  })
  expect(second.status).toBe(1)
  expect(second.stdout).toContain('EADDRINUSE')
  expect(await ready(server)).toMatchObject({ status: 'ready' })
})

it('METRIC5 any worker tells what all processes of the node measure, and how often one has ended', async () => {
  const server = await start({ env: { METRICS_TOKEN: TOKEN } })
  await allServe(server)
  const { room } = await makeRoom(server)
  const url = (): string => server.url
  const readers = [1, 2, 3].map(() => new Reader({ url, room, transport: 'socket' }))
  const figures = () => measured(server)
  await until('all readers to be counted by either worker', async () => {
    const told = await Promise.all([figures(), figures(), figures(), figures()])
    return told.every((one) => one.get('halley_readers') === 3)
  })
  const told = await figures()
  expect(told.get('halley_connections{transport="socket"}')).toBe(3)
  expect([told.get('halley_workers'), told.get('halley_workers_serving')]).toEqual([2, 2])
  expect(told.get('halley_worker_crashes_total')).toBe(0)
  process.kill(workers(server).get(1) as number, 'SIGKILL')
  await until('the end of one to be told', async () => {
    const now = await figures().catch(() => undefined)
    return now?.get('halley_worker_crashes_total') === 1 && now.get('halley_workers_serving') === 2
  })
  for (const reader of readers) await reader.stop()
}, 60_000)

it('METRIC9 no counter falls while a worker hangs, nor after it was killed, and without the primary there is none', async () => {
  const server = await start({ env: { METRICS_TOKEN: TOKEN } })
  await allServe(server)
  const { room } = await makeRoom(server)
  const writers = Array.from({ length: 8 }, (_, n) => new Writer(() => server.url, room, `Ada ${n}`))
  // Side by side, so on connections of their own, which the workers are handed in turns.
  await Promise.all(writers.map((writer) => writer.post('to be counted')))
  const counted = ['halley_changes_total{type="posted"}', 'halley_append_batch_changes_sum']
  const told: unknown[] = []
  const figures = async () => {
    const now = await measured(server).catch(() => undefined)
    if (now) told.push(counted.map((name) => now.get(name)))
    return now
  }
  await until('all posts to be told', async () => (await measured(server)).get(counted[0] as string) === 8)
  const pid = workers(server).get(1) as number
  process.kill(pid, 'SIGSTOP')
  try {
    await until('figures while one hangs', figures)
  } finally {
    process.kill(pid, 'SIGKILL')
  }
  await until('figures of a node that is whole again', async () => {
    const now = await figures()
    return now?.get('halley_worker_crashes_total') === 1 && now.get('halley_workers_serving') === 2
  })
  expect(told).toEqual(told.map(() => [8, 8]))
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const status = () => statusOfMetrics(server, agent)
  expect(await status()).toBe(200)
  process.kill(server.pid, 'SIGSTOP')
  try {
    expect(await status()).toBe(503)
  } finally {
    process.kill(server.pid, 'SIGCONT')
  }
  await until('the primary to answer again', async () => (await status()) === 200)
  agent.destroy()
}, 120_000)

/** On the one connection of `agent`, which a worker has already: new ones are handed out by the primary. */
function statusOfMetrics(server: ServerProcess, agent: Agent): Promise<number | undefined> {
  const headers = { authorization: `Bearer ${TOKEN}` }
  return new Promise((resolve, reject) => {
    const asked = get(`${server.url}/metrics`, { agent, headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode))
    })
    asked.on('error', reject)
  })
}

/** On a connection of its own, which the workers are handed in turns. */
async function measured(server: ServerProcess): Promise<Map<string, number>> {
  const headers = { authorization: `Bearer ${TOKEN}`, connection: 'close' }
  // A connection that was being handed to a worker when that was killed is answered by nobody.
  const signal = AbortSignal.timeout(3000)
  const text = await (await fetch(`${server.url}/metrics`, { headers, signal })).text()
  return new Map(text.split('\n').map((line) => [line.replace(/ \S+$/, ''), Number(line.split(' ').at(-1))]))
}
