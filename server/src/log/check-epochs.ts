import type { ISql } from 'postgres'
import type { Database } from '../db/database.ts'
import type { RoomId } from '../rooms/room.ts'

/**
 * Gives every room a new epoch where this is not the database, or not the history of it, that was looked at last: it
 * was restored, or a replica took its place, so that readers may hold what it does not know. For every start and every
 * reconnection. Says how many rooms it concerned.
 */
export async function checkEpochs({ sql }: Database): Promise<number> {
  const [row] = await sql<{ renewed: number }[]>`SELECT check_epochs() AS renewed`
  return row?.renewed ?? 0
}

/**
 * Begins a new life of the log of one room, or of all: after a restore of files, which nothing in the database shows.
 * Every reader loads the room anew. Says how many rooms it concerned.
 */
export async function renewEpochs(
  { sql }: { readonly sql: ISql<{ bigint: number }> },
  room?: RoomId,
): Promise<number> {
  const { count } = await sql`
    UPDATE rooms SET epoch = new_epoch() WHERE ${room === undefined ? sql`true` : sql`id = ${room}`}`
  return count
}
