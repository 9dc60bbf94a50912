import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type OwnPostgres, startOwnPostgres, startReplica } from '../../../e2e/parts/postgres.ts'
import { signalTree } from '../../../e2e/parts/process-tree.ts'
import { until } from '../../../e2e/parts/until.ts'
import { type Database, openDatabase, openReplica } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import type { Room } from '../rooms/room.ts'
import type { LogReader, PageRead, PageRequest } from './log.ts'
import type { Log } from './open-log.ts'
import { readLog } from './read-log.ts'
import { pagesFromReplica, type ReplicaCounts } from './read-replica.ts'
import { aPost, silent, testLog, testRoom } from './test-log.ts'

let primary: OwnPostgres
let replica: OwnPostgres
let database: Database
let copy: Database
let log: Log

beforeAll(async () => {
  primary = await startOwnPostgres()
  database = await openDatabase(primary.url, { poolSize: 5, log: silent })
  await migrate(database)
  replica = await startReplica(primary.url)
  copy = openReplica(replica.url, { poolSize: 5, log: silent })
  log = testLog(database).log
})
afterAll(async () => {
  await log?.close()
  await copy?.close()
  await database?.close()
  await replica?.stop()
  await primary?.stop()
})

const post = async (room: Room, text: string): Promise<string> => {
  const request = aPost(text)
  await log.publish(room, request, 'key:test')
  return request.id
}
const remove = (room: Room, id: string) => log.publish(room, { type: 'remove', id }, 'key:test')

/** Why the replica did not answer, as an operator is told. */
const failures: unknown[] = []

/**
 * A room of 30 posts, with the ids in the order of seqs, that the replica has too. That may take its time, where it is
 * not the deadline that is tested: a busy machine holds up this process, too.
 */
async function filledRoom(
  deadlineMs = 10_000,
): Promise<{ room: Room; ids: string[]; from: LogReader; counts: ReplicaCounts }> {
  const room = await testRoom(database)
  const ids: string[] = []
  for (let n = 1; n <= 30; n += 1) ids.push(await post(room, `post ${n}`))
  await replicaHas(room)
  const counts = { served: 0, behind: 0, failed: 0 }
  const from = pagesFromReplica(readLog(database), copy, counts, (error) => failures.push(error), deadlineMs)
  return { room, ids, from, counts }
}

const replicaHas = (room: Room) =>
  until('the replica to follow', async () => {
    const [there, here] = [await readLog(copy).heads([room.id]), await readLog(database).heads([room.id])]
    return there.get(room.id)?.rev === here.get(room.id)?.rev
  })

async function pause(): Promise<void> {
  await copy.sql`SELECT pg_wal_replay_pause()`
  await until('replay to stand', async () => {
    const [row] = await copy.sql`SELECT pg_get_wal_replay_pause_state() AS state`
    return row?.state === 'paused'
  })
  onTestFinished(async () => {
    await copy.sql`SELECT pg_wal_replay_resume()`
  })
}

const read = async (from: LogReader, room: Room, at: Partial<PageRequest>): Promise<PageRead> =>
  (await from.page(room.id, { view: 'reader', limit: 10, ...at })) as PageRead
const idsOf = (page: PageRead): string[] => page.items.map(({ id }) => id)

test('REPLICA1 pages below the newest are read from the replica, also while it is behind with posts alone', async () => {
  const { room, ids, from, counts } = await filledRoom()
  await pause()
  await post(room, 'the replica has not heard')
  const older = await read(from, room, { before: 21 })
  expect(idsOf(older)).toEqual(ids.slice(10, 20).reverse())
  expect(older.head.rev).toBe(30)
  expect(idsOf(await read(from, room, { around: ids[15] as string }))).toContain(ids[15])
  expect(idsOf(await read(from, room, { after: 5 }))).toEqual(ids.slice(5, 15).reverse())
  expect(counts).toEqual({ served: 3, behind: 0, failed: 0 })
})

test('REPLICA2 a page that reaches the end of the room, or a place that the replica has not, is read from the truth', async () => {
  const { room, ids, from, counts } = await filledRoom()
  await pause()
  const last = await post(room, 'the replica has not heard')
  expect(idsOf(await read(from, room, { after: 25 }))).toEqual([last, ...ids.slice(25).reverse()])
  expect(idsOf(await read(from, room, { around: last }))).toContain(last)
  expect(idsOf(await read(from, room, { before: 32 }))[0]).toBe(last)
  expect(idsOf(await read(from, room, {}))[0]).toBe(last)
  expect(counts).toEqual({ served: 0, behind: 3, failed: 0 })
})

test('REPLICA3 nothing that was removed is on a page begun after that, however far the replica is behind', async () => {
  const { room, ids, from, counts } = await filledRoom()
  const shown: string[] = []
  for (const id of ids.slice(5, 15)) {
    expect(idsOf(await read(from, room, { before: 21, limit: 20 }))).toContain(id)
    await remove(room, id)
    const page = await read(from, room, { before: 21, limit: 20 })
    if (idsOf(page).includes(id)) shown.push(id)
    await replicaHas(room)
  }
  expect(shown).toEqual([])
  expect(counts.served, 'pages that the replica gave meanwhile').toBeGreaterThan(9)
  await pause()
  await remove(room, ids[0] as string)
  const { behind } = counts
  const page = await read(from, room, { before: 21, limit: 20 })
  expect(idsOf(page)).not.toContain(ids[0])
  expect(page).toMatchObject({ altered: 41, head: { rev: 41 } })
  expect(counts.behind).toBe(behind + 1)
  expect(idsOf(await read(readLog(copy), room, { before: 21, limit: 20 }))).toContain(ids[0])
})

test('REPLICA4 while the replica is away or hangs, pages are read from the truth, and it is asked again later', async () => {
  const { room, ids, from, counts } = await filledRoom(500)
  const older = ids.slice(10, 20).reverse()
  signalTree(replica.pid, 'SIGSTOP')
  // Else it could not be ended where this test fails.
  onTestFinished(() => void signalTree(replica.pid, 'SIGCONT'))
  for (let asked = 0; asked < 3; asked += 1)
    expect(idsOf(await read(from, room, { before: 21 }))).toEqual(older)
  expect(counts).toEqual({ served: 0, behind: 0, failed: 1 })
  expect(String(failures.at(-1))).toContain('late')
  signalTree(replica.pid, 'SIGCONT')
  await replica.kill()
  await until('it to be tried in vain', async () => {
    expect(idsOf(await read(from, room, { before: 21 }))).toEqual(older)
    return counts.failed > 1
  })
  await replica.start()
  const { served } = counts
  await until('it to be asked again', async () => {
    expect(idsOf(await read(from, room, { before: 21 }))).toEqual(older)
    return counts.served > served
  })
})
