import type { Command } from 'commander'
import { parseOrigin } from '../auth/allows-origin.ts'
import { eq } from '../db/drizzle.ts'
import { rooms } from '../db/tables.ts'
import { createRoom } from '../rooms/create-room.ts'
import { createSite } from '../rooms/create-site.ts'
import { findSite } from '../rooms/find-site.ts'
import type { Room, Site } from '../rooms/room.ts'
import { toRoom } from '../rooms/to-room.ts'
import { importFile, type RoomFor } from '../transfer/import-file.ts'
import { ImportError } from '../transfer/read-import.ts'
import { writeExport } from '../transfer/write-export.ts'
import { roomArgument, slugArgument } from './arguments.ts'
import { Failure } from './failure.ts'
import type { Run, Session } from './run.ts'
import type { Shown } from './shown.ts'
import { theRoom, theSite } from './the-site.ts'

export function transferCommands(program: Command, run: Run): void {
  program
    .command('export')
    .description('write a site, or one room of it, as JSON Lines, without what was removed')
    .argument('<site[/room]>', 'what to write')
    .argument('<file>', 'where to')
    .option('--staff', 'also what is held, and who posted what', false)
    .action(run(exportTo))

  program
    .command('import')
    .description('take in what "export" wrote; again, where it broke off: what is there stays as it is')
    .argument('<file>', 'what "export" wrote')
    .option('--site <site>', 'into this site (default: the one of that name)', slugArgument)
    .action(run(importFrom))
}

async function exportTo(
  { database }: Session,
  what: string,
  file: string,
  { staff }: { staff: boolean },
): Promise<Shown> {
  const site = await theSite(database, slugArgument(what.split('/')[0] as string))
  const found = what.includes('/')
    ? [await theRoom(database, roomArgument(what))]
    : await roomsOf(database, site)
  const counts = await writeExport(database, site, found, file, staff)
  return { text: `${file}: ${counts.rooms} rooms, ${counts.items} items`, json: { file, ...counts } }
}

async function roomsOf(database: Session['database'], site: Site): Promise<Room[]> {
  const rows = await database.db.select().from(rooms).where(eq(rooms.siteId, site.id)).orderBy(rooms.id)
  return rows.map((row) => toRoom(site, row))
}

async function importFrom(
  { database, log }: Session,
  file: string,
  options: { site?: string },
): Promise<Shown> {
  const roomFor: RoomFor = async (from, wanted): Promise<Room> => {
    const slug = options.site ?? from.site
    if (!(await findSite(database, slug)))
      await createSite(database, { slug, origins: from.origins.flatMap((one) => parseOrigin(one) ?? []) })
    const site = await theSite(database, slug)
    const { state: _, ...facts } = wanted
    const made = await createRoom(database, site, facts)
    return made ?? theRoom(database, { site: slug, room: wanted.slug })
  }
  try {
    const done = await importFile({ database, log, roomFor }, file)
    const text = `${done.rooms} rooms: ${done.imported} items imported, ${done.already} were there`
    return { text, json: done }
  } catch (error) {
    if (error instanceof ImportError) throw new Failure(`${error.message}; what stands before is there`)
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Failure(`There is no file ${file}.`)
    throw error
  }
}
