import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeRoom } from '../parts/command-line.ts'
import type { Transport } from '../parts/connections.ts'
import { expectSameRoom } from '../parts/expect-same-room.ts'
import { Reader } from '../parts/reader.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

const KILLS = 3
const TRANSPORTS: Transport[] = ['socket', 'stream', 'poll']
let server: ServerProcess

beforeAll(async () => {
  server = await ServerProcess.start({})
})

afterAll(async () => {
  await server?.remove()
})

const fileOf = (...path: string[]): string => readFileSync(join(server.dataDir, ...path), 'utf8')
const postmaster = (): number => Number(fileOf('postgres', 'postmaster.pid').split('\n')[0])

test(`SHOW9 posting goes on and readers stay though the server's own Postgres is killed ${KILLS} times`, async () => {
  const { room } = await makeRoom(server)
  const url = (): string => server.url
  const readers = TRANSPORTS.map((transport) => new Reader({ url, room, transport }))
  const writers = ['Ada', 'Kevin'].map((name) => new Writer(url, room, name))
  const enough = new AbortController()
  const writing = Promise.all(writers.map((writer) => writer.writeUntil(enough.signal)))
  const accepted = (): number => writers.reduce((sum, writer) => sum + writer.accepted.length, 0)
  const failures = (): number => writers.reduce((sum, writer) => sum + writer.failures, 0)
  const everybodyGoesOn = async (): Promise<void> => {
    const before = accepted()
    await until('posts to be accepted', () => accepted() > before + 10)
    const rev = Math.max(...readers.map(({ known }) => known.rev))
    await until('every reader to go on', () => readers.every(({ known }) => known.rev > rev))
  }
  try {
    await everybodyGoesOn()
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const failed = failures()
      process.kill(postmaster(), 'SIGKILL')
      await until('a writer to notice the kill', () => failures() > failed)
      await everybodyGoesOn()
    }
  } finally {
    enough.abort()
    await writing
  }
  const sql = postgres(JSON.parse(fileOf('owner.lock')).url, { max: 1, onnotice: () => {} })
  const stored = await expectSameRoom(sql, room, readers, writers)
  await sql.end()
  const [socket, stream] = readers.map(({ connections }) => connections)
  expect([socket, stream], 'connections that a socket and a stream have needed').toEqual([1, 1])
  for (const reader of readers) await reader.stop()
  console.log(`Postgres killed ${KILLS} times, ${stored.items.length} items, ${failures()} failed tries`)
  expect(await server.end()).toBe(0)
})
