import type postgres from 'postgres'
import { expect } from 'vitest'
import type { Reader } from './reader.ts'
import { type StoredRoom, storedRoom } from './stored-room.ts'
import { until } from './until.ts'
import type { Writer } from './writer.ts'

/**
 * Waits until the readers have heard of everything, then demands that each holds the room exactly as the database
 * does, in its order, told without a repeat; and that everything the writers were told is stored, is. Nobody writes
 * meanwhile.
 */
export async function expectSameRoom(
  sql: postgres.Sql,
  room: string,
  readers: readonly Reader[],
  writers: readonly Pick<Writer, 'accepted'>[],
): Promise<StoredRoom> {
  const stored = await storedRoom(sql, room)
  const truth = stored.items.map(({ id, seq, rev, text }) => ({ id, seq, rev, text }))
  const ids = new Set(stored.items.map(({ id }) => id))
  const lost = writers.flatMap(({ accepted }) => accepted.filter(({ id }) => !ids.has(id)))
  expect(lost, 'items that were acknowledged and are gone').toEqual([])
  for (const reader of readers) {
    await until(
      `${reader.name} to reach ${stored.rev}; it is at ${reader.known.rev}`,
      () => reader.known.rev >= stored.rev,
    )
    const held = reader.known.items().map(({ id, seq, rev, text }) => ({ id, seq, rev, text }))
    expect(held, reader.name).toEqual(truth)
    const ascending = reader.known.told.every(
      (seq, index, all) => index === 0 || seq > (all[index - 1] as number),
    )
    expect(ascending, `${reader.name} was told items in order and once`).toBe(true)
  }
  const posted = writers.reduce((sum, { accepted }) => sum + accepted.length, 0)
  expect(stored.items, 'nothing is stored twice').toHaveLength(posted)
  return stored
}
