import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Writable } from 'node:stream'
import type { Database } from '../db/database.ts'
import { bodySource } from '../filters/body-source.ts'
import { eachItem } from '../log/each-item.ts'
import type { ItemRecord } from '../log/item-record.ts'
import type { Room, Site } from '../rooms/room.ts'
import { EXPORT_VERSION, type ExportedItem, type ExportedRoom, type ExportStart } from './export-format.ts'

export interface ExportCounts {
  readonly rooms: number
  readonly items: number
}

/**
 * Writes rooms of a site as JSON Lines, for their owner alone to read. What was removed before is not in it; `staff`
 * adds what is held and who posted. The file has its name once it is whole.
 */
export async function writeExport(
  database: Database,
  { slug, origins }: Site,
  rooms: readonly Room[],
  file: string,
  staff: boolean,
): Promise<ExportCounts> {
  const partial = `${file}.${process.pid}.partial`
  const out = Writable.toWeb(createWriteStream(partial, { mode: 0o600 })).getWriter()
  const write = (lines: readonly object[]) =>
    out.write(Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join('')))
  let items = 0
  try {
    const at = new Date().toISOString()
    const start: ExportStart = {
      halley: 'export',
      version: EXPORT_VERSION,
      at,
      site: slug,
      origins: [...origins],
    }
    await write([start])
    for (const room of rooms) {
      await write([{ room: toExportedRoom(room) }])
      await eachItem(database, room.id, staff, async (some) => {
        items += some.length
        await write(some.map((item) => ({ item: toExportedItem(item, staff) })))
      })
    }
    await write([{ end: true, rooms: rooms.length, items }])
    await out.close()
    await rename(partial, file)
    return { rooms: rooms.length, items }
  } finally {
    await rm(partial, { force: true })
  }
}

function toExportedRoom({ slug, title, state, visibility, posting, settings }: Room): ExportedRoom {
  return { slug, title, state, visibility, posting, settings }
}

function toExportedItem(item: ItemRecord, staff: boolean): ExportedItem {
  const { id, kind, state, poster, author, body, text, postedAt, editedAt, highlight, pinnedAt } = item
  return {
    id,
    kind,
    state: state === 'held' ? 'held' : 'live',
    ...(staff && poster !== null && { poster }),
    author,
    source: bodySource(body),
    body: [...body],
    text,
    postedAt,
    ...(editedAt !== null && { editedAt }),
    ...(highlight && { highlight }),
    ...(pinnedAt !== null && { pinned: true }),
  }
}
