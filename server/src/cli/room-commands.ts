import { setTimeout as sleep } from 'node:timers/promises'
import type { Posting, RoomState, Visibility } from '@halley/shared'
import { type Command, Option } from 'commander'
import { eq } from '../db/drizzle.ts'
import { rooms, sites } from '../db/tables.ts'
import { accepted } from '../log/accepted.ts'
import { createRoom } from '../rooms/create-room.ts'
import type { Room, RoomSettings } from '../rooms/room.ts'
import { updateRoom } from '../rooms/update-room.ts'
import { type RoomArgument, roomArgument, slugArgument, titleArgument, wholeArgument } from './arguments.ts'
import { Failure } from './failure.ts'
import type { Run, Session } from './run.ts'
import { type Shown, table } from './shown.ts'
import { theRoom, theSite } from './the-site.ts'

interface RoomOptions {
  readonly title?: string
  readonly posting?: Posting
  readonly visibility?: Visibility
  readonly state?: RoomState
  readonly editWindow?: number
  readonly textLimit?: number
  readonly holdPosts?: boolean
}

const ADDRESS = ['<site/room>', 'the room', roomArgument] as const
const DAY_SECONDS = 86_400
/** Milliseconds within which every node ends the reading of whoever may not read a room that has become private. */
const SHOWN_OUT_MS = 5000

function settingsOf({ editWindow, textLimit, holdPosts }: RoomOptions): Partial<RoomSettings> {
  return {
    ...(editWindow !== undefined && { editWindow }),
    ...(textLimit !== undefined && { textLimit }),
    ...(holdPosts !== undefined && { holdPosts }),
  }
}

function showRoom(room: Room): Shown {
  const { address, title, state, visibility, posting, settings } = room
  const rows = Object.entries({ title, state, visibility, posting, ...settings })
  return {
    text: [address, ...rows.map(([name, value]) => `  ${name.padEnd(11)} ${value}`)].join('\n'),
    json: { room: address, title, state, visibility, posting, settings },
  }
}

async function create({ database }: Session, address: RoomArgument, options: RoomOptions): Promise<Shown> {
  const { title = address.room, posting, visibility } = options
  const site = await theSite(database, address.site)
  const made = await createRoom(database, site, {
    slug: address.room,
    title,
    settings: settingsOf(options),
    ...(posting && { posting }),
    ...(visibility && { visibility }),
  })
  if (!made) throw new Failure(`There is a room ${address.site}/${address.room} already.`)
  return showRoom(made)
}

/** What readers are told of goes through the log; the rest is the room's row alone. */
async function change(session: Session, address: RoomArgument, options: RoomOptions): Promise<Shown> {
  const { database } = session
  const { title, posting, state, visibility } = options
  const settings = settingsOf(options)
  const room = await theRoom(database, address)
  const told = { ...(title && { title }), ...(posting && { posting }), ...(state && { state }) }
  const update = { settings, ...(visibility && { visibility }) }
  const updates = visibility || Object.keys(settings).length > 0
  if (updates) await updateRoom(database, room.id, update)
  if (Object.keys(told).length > 0) {
    // Those who read it without a right to do so any more are there until every node has looked at them again.
    if (visibility === 'private') await sleep(SHOWN_OUT_MS)
    accepted(await session.log.publish(room, { type: 'room', ...told }, 'cli'))
  }
  return showRoom(await theRoom(database, address))
}

function withSettings(command: Command): Command {
  return command
    .addOption(new Option('--posting <who>', 'who may post').choices(['staff', 'signed-in', 'guests']))
    .addOption(new Option('--visibility <who>', 'who may read').choices(['public', 'private']))
    .option(
      '--edit-window <seconds>',
      'for how long posters may edit and remove',
      wholeArgument(0, 365 * DAY_SECONDS),
    )
    .option('--text-limit <characters>', 'longest post', wholeArgument(1, 4000))
    .option('--hold-posts', 'posts wait for a moderator')
    .option('--no-hold-posts', 'posts are public at once')
}

export function roomCommands(program: Command, run: Run): void {
  const room = program.command('room').description('rooms of a site')

  withSettings(
    room
      .command('create')
      .description('make a room')
      .argument(...ADDRESS),
  )
    .option('--title <title>', 'what readers call it (its name in addresses by default)', titleArgument)
    .action(run(create))

  withSettings(
    room
      .command('update')
      .description('change a room')
      .argument(...ADDRESS),
  )
    .option('--title <title>', 'what readers call it', titleArgument)
    .addOption(new Option('--state <state>', 'what it is').choices(['open', 'closed', 'archived']))
    .action(run(change))

  for (const [name, state] of [
    ['open', 'open'],
    ['close', 'closed'],
    ['archive', 'archived'],
  ] as const) {
    room
      .command(name)
      .description(`the same as update --state ${state}`)
      .argument(...ADDRESS)
      .action(run((session, address: RoomArgument) => change(session, address, { state })))
  }

  room
    .command('show')
    .description('show one room')
    .argument(...ADDRESS)
    .action(run(async ({ database }, address: RoomArgument) => showRoom(await theRoom(database, address))))

  room
    .command('list')
    .description('show the rooms of a site, or all')
    .argument('[site]', 'the site', slugArgument)
    .action(run(list))
}

async function list({ database }: Session, slug?: string): Promise<Shown> {
  if (slug !== undefined) await theSite(database, slug)
  const found = await database.db
    .select({
      site: sites.slug,
      room: rooms.slug,
      title: rooms.title,
      state: rooms.state,
      visibility: rooms.visibility,
      posting: rooms.posting,
      items: rooms.itemCount,
    })
    .from(rooms)
    .innerJoin(sites, eq(sites.id, rooms.siteId))
    .where(slug === undefined ? undefined : eq(sites.slug, slug))
    .orderBy(sites.slug, rooms.slug)
  const json = found.map(({ site, ...row }) => ({ ...row, room: `${site}/${row.room}` }))
  const rows = json.map((row) => [
    row.room,
    row.state,
    row.visibility,
    row.posting,
    String(row.items),
    row.title,
  ])
  return { text: table(['room', 'state', 'visibility', 'posting', 'items', 'title'], rows), json }
}
