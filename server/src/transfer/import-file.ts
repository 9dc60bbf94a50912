import type { Database } from '../db/database.ts'
import { accepted } from '../log/accepted.ts'
import { renewEpochs } from '../log/check-epochs.ts'
import type { Log } from '../log/open-log.ts'
import type { Room } from '../rooms/room.ts'
import type { ExportedRoom, ExportStart } from './export-format.ts'
import { type ImportCounts, RoomImport } from './import-room.ts'
import { ImportError, readImport } from './read-import.ts'

/** Tables that an import fills. */
const FILLED = ['items', 'changes']

/** The room of that name of the site that is imported into, made where there is none. */
export type RoomFor = (from: ExportStart, room: ExportedRoom) => Promise<Room>

export interface ImportResult extends ImportCounts {
  rooms: number
}

/**
 * Takes an export in. Items keep their ids, so that it may be done again, after a failure too; what is there is left
 * as it is, and what was removed stays removed. Readers of a room that got something load it anew. Throws `ImportError`.
 */
export async function importFile(
  parts: { readonly database: Database; readonly log: Log; readonly roomFor: RoomFor },
  file: string,
): Promise<ImportResult> {
  const result = { rooms: 0, imported: 0, already: 0 }
  let from: ExportStart | undefined
  let open: { into: RoomImport; wanted: ExportedRoom } | undefined
  const finish = async () => {
    if (!open) return
    await end(parts, open.into, open.wanted, result)
    open = undefined
  }
  for await (const piece of readImport(file)) {
    if (piece.is === 'start') from = piece.start
    else if (piece.is === 'room' && from) {
      await finish()
      open = {
        into: new RoomImport(await parts.roomFor(from, piece.room), parts.log),
        wanted: piece.room,
      }
      result.rooms += 1
    } else if (piece.is === 'item' && open) await open.into.add(piece)
    else throw new ImportError(piece.line, 'an item stands before any room')
  }
  await finish()
  // What was planned while there was little would be kept until Postgres looks at it by itself.
  if (result.imported > 0)
    for (const name of FILLED) await parts.database.sql`ANALYZE ${parts.database.sql(name)}`
  return result
}

async function end(
  { database, log }: { readonly database: Database; readonly log: Log },
  into: RoomImport,
  { state }: ExportedRoom,
  result: ImportResult,
): Promise<void> {
  await into.flush()
  const { imported, already } = into.counts
  result.imported += imported
  result.already += already
  if (state !== into.room.state && into.room.state === 'open')
    accepted(await log.publish(into.room, { type: 'room', state }, 'import'))
  if (imported > 0) await renewEpochs(database, into.room.id)
}
