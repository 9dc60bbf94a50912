import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { makeRoom } from '../parts/command-line.ts'
import type { Transport } from '../parts/connections.ts'
import { expectSameRoom } from '../parts/expect-same-room.ts'
import { type FreshDatabase, freshDatabase } from '../parts/fresh-database.ts'
import { hasFailed } from '../parts/has-failed.ts'
import { Reader } from '../parts/reader.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

const KILLS = 20
let database: FreshDatabase
let server: ServerProcess

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  server = await ServerProcess.start({ databaseUrl: database.url })
})

afterAll(async ({}, suite) => {
  await server?.remove(hasFailed(suite))
  await database?.drop()
})

test(`SHOW5 readers equal the database and no 201 is lost though the server is killed ${KILLS} times`, async () => {
  const { room } = await makeRoom(server)
  const url = (): string => server.url
  const transports: Transport[] = ['socket', 'stream', 'poll']
  const readers = transports.map((transport) => new Reader({ url, room, transport }))
  const writers = ['Ada', 'Kevin'].map((name) => new Writer(url, room, name))
  const enough = new AbortController()
  const writing = Promise.all(writers.map((writer) => writer.writeUntil(enough.signal)))
  const accepted = (): number => writers.reduce((sum, writer) => sum + writer.accepted.length, 0)
  const failures = (): number => writers.reduce((sum, writer) => sum + writer.failures, 0)
  try {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const before = { accepted: accepted(), failures: failures() }
      // A different place in the flow each time; and everybody has come back since the last kill.
      await until('the writers to go on', () => accepted() >= before.accepted + 10 + kill)
      const rev = Math.min(...readers.map(({ known }) => known.rev))
      await until('every reader to go on', () => readers.every(({ known }) => known.rev > rev))
      const connections = readers.map((reader) => reader.connections)
      await server.kill()
      await until('the writers to notice the kill', () => failures() > before.failures)
      await server.start()
      await until('every reader to come back', () =>
        readers.every((reader, index) => reader.connections > (connections[index] as number)),
      )
    }
  } finally {
    enough.abort()
    await writing
  }
  const stored = await expectSameRoom(database.sql, room, readers, writers)
  for (const reader of readers) await reader.stop()
  const again = writers.flatMap((writer) => writer.accepted).filter(({ status }) => status === 200).length
  console.log(
    `${KILLS} kills, ${stored.items.length} items, ${failures()} failed tries, ${again} answered by 200`,
  )
  expect(failures()).toBeGreaterThanOrEqual(KILLS)
})
