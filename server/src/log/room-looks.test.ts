import { expect, test } from 'vitest'
import { testDatabase } from '../db/test-database.ts'
import { RoomLooks } from './room-looks.ts'
import { aPost, testLog, testRoom } from './test-log.ts'

const database = await testDatabase()
const { log } = testLog(database)

/** The same database, which counts what it is asked. */
function counted() {
  const asked = { times: 0 }
  const sql = (...query: Parameters<typeof database.sql>) => {
    asked.times += 1
    return database.sql(...query)
  }
  return { asked, looks: new RoomLooks({ ...database, sql: sql as unknown as typeof database.sql }) }
}

test('HIST15 looks that are asked for in one turn are one, and each room is told its own', async () => {
  const rooms = await Promise.all([1, 2, 3].map(() => testRoom(database)))
  for (const [index, room] of rooms.entries())
    for (let n = 0; n < index; n += 1) await log.publish(room, aPost(String(n)), 'ada')
  const { asked, looks } = counted()
  const told = await Promise.all([...rooms, ...rooms].map(({ id }) => looks.of(id)))
  expect(told.map(({ head, items }) => [head.rev, items])).toEqual([0, 1, 2, 0, 1, 2].map((n) => [n, n]))
  expect(asked.times).toBe(1)
  await expect(looks.of(0 as (typeof rooms)[0]['id'])).rejects.toMatchObject({ code: 'room-unknown' })
})

test('HIST15 a look shows all that was acknowledged before it was asked for, however many are under way', async () => {
  const room = await testRoom(database)
  const { asked, looks } = counted()
  let isOver = false
  const crowd = Array.from({ length: 20 }, async () => {
    while (!isOver) await looks.of(room.id)
  })
  for (let rev = 1; rev <= 40; rev += 1) {
    await log.publish(room, aPost(String(rev)), 'ada')
    expect((await looks.of(room.id)).head.rev).toBeGreaterThanOrEqual(rev)
  }
  isOver = true
  await Promise.all(crowd)
  expect(asked.times).toBeGreaterThan(1)
})
