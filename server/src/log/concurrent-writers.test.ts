import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { Child } from '../../../e2e/parts/child.ts'
import { until } from '../../../e2e/parts/until.ts'
import { openDatabase } from '../db/database.ts'
import { testDatabase } from '../db/test-database.ts'
import type { Room } from '../rooms/room.ts'
import { aPost, silent, testLog, testRoom } from './test-log.ts'

const database = await testDatabase()
const { sql } = database
const WRITER = fileURLToPath(new URL('./test-writer.ts', import.meta.url))

function writerProcess(room: Room, posts: number, writers: number): Child {
  const args = [WRITER, database.url, room.site.slug, room.slug, String(posts), String(writers)]
  return new Child(process.execPath, args, 'SIGTERM')
}

async function expectRevs(room: Room, count: number): Promise<void> {
  const [changes] = await sql`SELECT count(*) AS count, min(rev) AS first, max(rev) AS last
    FROM changes WHERE room_id = ${room.id}`
  expect(changes).toEqual({ count, first: 1, last: count })
  const [items] =
    await sql`SELECT count(*) AS count, count(DISTINCT seq) AS seqs, min(seq) AS first, max(seq) AS last
    FROM items WHERE room_id = ${room.id} AND seq = rev`
  expect(items).toEqual({ count, seqs: count, first: 1, last: count })
  const [head] = await sql`SELECT rev, item_count FROM rooms WHERE id = ${room.id}`
  expect(head).toEqual({ rev: count, item_count: count })
}

test('LOG1 100 writers on several connections, who also repeat themselves, give revs without holes', async () => {
  const room = await testRoom(database)
  const databases = await Promise.all(
    Array.from({ length: 4 }, () => openDatabase(database.url, { poolSize: 4, log: silent })),
  )
  const nodes = databases.map((one) => testLog(one))
  const posts = Array.from({ length: 1000 }, (_, index) => aPost(`number ${index}`))
  const write = async (writer: number) => {
    for (const post of posts.slice(writer * 10, writer * 10 + 10)) {
      const first = nodes[writer % 4]?.log.publish(room, post, 'ada')
      // The same post at the same time through another node, as after an answer that did not come.
      const again = nodes[(writer + 1) % 4]?.log.publish(room, post, 'ada')
      const statuses = (await Promise.all([first, again])).map((outcome) => outcome?.status).sort()
      expect(statuses).toEqual(['done', 'unchanged'])
    }
  }
  await Promise.all(Array.from({ length: 100 }, (_, writer) => write(writer)))
  await expectRevs(room, 1000)
  const announced = nodes.flatMap(({ news }) => news.flatMap(({ changes }) => changes.map(({ rev }) => rev)))
  expect(announced.sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index + 1))
  for (const { log } of nodes) await log.close()
  for (const one of databases) await one.close()
})

test('LOG1 writers in several processes give revs without holes', async () => {
  const room = await testRoom(database)
  const processes = Array.from({ length: 3 }, () => writerProcess(room, 500, 34))
  for (const one of processes) expect(await one.exited, one.output).toBe(0)
  await expectRevs(room, 1500)
})

test('LOG12 a node that is stopped in the middle of appending holds up no other', async () => {
  const room = await testRoom(database)
  const { log } = testLog(database)
  const busy = writerProcess(room, 0, 64)
  const rev = async () => (await log.counts(room.id)).head.rev
  await until('the other node to write', async () => (await rev()) > 100)
  for (let round = 0; round < 25; round += 1) {
    const before = await rev()
    await until('it to write on', async () => (await rev()) > before)
    busy.process.kill('SIGSTOP')
    // It would be `unavailable` after a second if the other held the room.
    const posts = Array.from({ length: 5 }, () => log.publish(room, aPost('beside it'), 'ada'))
    for (const outcome of await Promise.all(posts)) expect(outcome.status).toBe('done')
    busy.process.kill('SIGCONT')
  }
  await busy.end('SIGKILL')
})
