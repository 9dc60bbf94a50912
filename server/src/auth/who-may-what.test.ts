import { randomUUID } from 'node:crypto'
import type {} from '@fastify/swagger'
import type { Posting, RoomState, StaffRole, View, Visibility } from '@halley/shared'
import { beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { eq } from '../db/drizzle.ts'
import { apiKeys } from '../db/tables.ts'
import { accepted } from '../log/accepted.ts'
import type { Room } from '../rooms/room.ts'
import { guest, testApp } from '../test-app.ts'
import { FOLLOW, type Transport } from '../transports/test-follower.ts'
import { guestPoster } from './guest.ts'

const { app, log, database, ...make } = await testApp()
const url = await app.listen({ host: '127.0.0.1', port: 0 })
const site = await make.site()
const elsewhere = await make.site()

/** What each route needs; the routes of one column answer alike. */
const ROUTES = {
  read: ['GET .', 'GET items', 'GET items/:public', 'socket', 'stream', 'poll'],
  staff: [
    'GET items?view=staff',
    'GET items/:public?view=staff',
    'socket staff',
    'stream staff',
    'poll staff',
  ],
  post: ['POST items'],
  own: ['PATCH items/:own', 'DELETE items/:own'],
  others: ['PATCH items/:public', 'DELETE items/:public'],
  moderate: ['restore', 'hold', 'release', 'pin', 'unpin', 'highlight', 'unhighlight'].map(
    (action) => `POST items/:public/${action}`,
  ),
} as const
type Column = keyof typeof ROUTES

/** The words of the table below; everything else is the error's own code. */
const CODES: Readonly<Record<string, string>> = {
  ok: 'ok',
  'sign-in': 'sign-in-required',
  unknown: 'room-unknown',
  invalid: 'token-invalid',
  expired: 'token-expired',
  closed: 'room-closed',
}

const TABLE = `
  public open guests     | read    | staff     | post      | own       | others    | moderate
  nobody                 | ok      | sign-in   | sign-in   | sign-in   | sign-in   | sign-in
  guest                  | ok      | sign-in   | ok        | ok        | forbidden | sign-in
  user                   | ok      | forbidden | ok        | ok        | forbidden | forbidden
  author                 | ok      | forbidden | ok        | ok        | forbidden | forbidden
  moderator              | ok      | ok        | ok        | ok        | ok        | ok
  admin                  | ok      | ok        | ok        | ok        | ok        | ok
  owner                  | ok      | ok        | ok        | ok        | ok        | ok
  key write              | ok      | forbidden | ok        | ok        | forbidden | forbidden
  key moderate           | ok      | ok        | ok        | ok        | ok        | ok
  key admin              | ok      | ok        | ok        | ok        | ok        | ok
  token that expired     | expired | expired   | expired   | expired   | expired   | expired
  token from elsewhere   | invalid | invalid   | invalid   | invalid   | invalid   | invalid
  key from elsewhere     | invalid | invalid   | invalid   | invalid   | invalid   | invalid
  key that was revoked   | invalid | invalid   | invalid   | invalid   | invalid   | invalid
  nonsense               | invalid | invalid   | invalid   | invalid   | invalid   | invalid

  public open signed-in  | read    | staff     | post      | own       | others    | moderate
  nobody                 | ok      | sign-in   | sign-in   | sign-in   | sign-in   | sign-in
  guest                  | ok      | sign-in   | sign-in   | ok        | forbidden | sign-in
  user                   | ok      | forbidden | ok        | ok        | forbidden | forbidden
  author                 | ok      | forbidden | ok        | ok        | forbidden | forbidden
  moderator              | ok      | ok        | ok        | ok        | ok        | ok
  key write              | ok      | forbidden | ok        | ok        | forbidden | forbidden

  public open staff      | read    | staff     | post      | own       | others    | moderate
  nobody                 | ok      | sign-in   | sign-in   | sign-in   | sign-in   | sign-in
  guest                  | ok      | sign-in   | sign-in   | ok        | forbidden | sign-in
  user                   | ok      | forbidden | forbidden | ok        | forbidden | forbidden
  author                 | ok      | forbidden | ok        | ok        | forbidden | forbidden
  moderator              | ok      | ok        | ok        | ok        | ok        | ok
  admin                  | ok      | ok        | ok        | ok        | ok        | ok
  owner                  | ok      | ok        | ok        | ok        | ok        | ok
  key write              | ok      | forbidden | ok        | ok        | forbidden | forbidden
  key moderate           | ok      | ok        | ok        | ok        | ok        | ok

  public closed guests   | read    | staff     | post      | own       | others    | moderate
  nobody                 | ok      | sign-in   | sign-in   | sign-in   | sign-in   | sign-in
  guest                  | ok      | sign-in   | closed    | ok        | forbidden | sign-in
  user                   | ok      | forbidden | closed    | ok        | forbidden | forbidden
  author                 | ok      | forbidden | ok        | ok        | forbidden | forbidden
  moderator              | ok      | ok        | ok        | ok        | ok        | ok
  key write              | ok      | forbidden | ok        | ok        | forbidden | forbidden

  public archived guests | read    | staff     | post      | own       | others    | moderate
  nobody                 | ok      | sign-in   | sign-in   | sign-in   | sign-in   | sign-in
  guest                  | ok      | sign-in   | closed    | closed    | closed    | sign-in
  user                   | ok      | forbidden | closed    | closed    | closed    | forbidden
  author                 | ok      | forbidden | closed    | closed    | closed    | forbidden
  moderator              | ok      | ok        | closed    | ok        | ok        | ok
  admin                  | ok      | ok        | closed    | ok        | ok        | ok
  key write              | ok      | forbidden | closed    | closed    | closed    | forbidden
  key moderate           | ok      | ok        | closed    | ok        | ok        | ok

  private open guests    | read    | staff     | post      | own       | others    | moderate
  nobody                 | unknown | unknown   | unknown   | unknown   | unknown   | unknown
  guest                  | unknown | unknown   | unknown   | unknown   | unknown   | unknown
  user                   | ok      | forbidden | ok        | ok        | forbidden | forbidden
  author                 | ok      | forbidden | ok        | ok        | forbidden | forbidden
  moderator              | ok      | ok        | ok        | ok        | ok        | ok
  key write              | ok      | forbidden | ok        | ok        | forbidden | forbidden
  key admin              | ok      | ok        | ok        | ok        | ok        | ok
  token that expired     | expired | expired   | expired   | expired   | expired   | expired
  token from elsewhere   | unknown | unknown   | unknown   | unknown   | unknown   | unknown
  key from elsewhere     | unknown | unknown   | unknown   | unknown   | unknown   | unknown
  key that was revoked   | unknown | unknown   | unknown   | unknown   | unknown   | unknown
  nonsense               | unknown | unknown   | unknown   | unknown   | unknown   | unknown
`

interface Who {
  readonly authorization: string | undefined
  readonly poster: string
}

async function staff(role?: StaffRole): Promise<Who> {
  const sub = randomUUID()
  return { authorization: await make.user(site, { sub, ...(role && { role }) }), poster: `user:${sub}` }
}

async function key(scope: 'write' | 'moderate' | 'admin', of = site): Promise<Who> {
  const { authorization, id } = await make.keyWithId(of, scope)
  return { authorization, poster: `key:${id}` }
}

async function everybody(): Promise<Readonly<Record<string, Who>>> {
  const someGuest = guest()
  const revoked = await key('admin')
  await database.db
    .update(apiKeys)
    .set({ revokedAt: new Date() })
    .where(eq(apiKeys.id, revoked.poster.slice('key:'.length)))
  const nobody = { poster: 'nobody' }
  return {
    nobody: { authorization: undefined, ...nobody },
    guest: { authorization: someGuest, poster: guestPoster(someGuest.slice('Guest '.length), site.id) },
    user: await staff(),
    author: await staff('author'),
    moderator: await staff('moderator'),
    admin: await staff('admin'),
    owner: await staff('owner'),
    'key write': await key('write'),
    'key moderate': await key('moderate'),
    'key admin': await key('admin'),
    'token that expired': { authorization: await make.user(site, { role: 'owner' }, -120), ...nobody },
    'token from elsewhere': { authorization: await make.user(elsewhere, { role: 'owner' }), ...nobody },
    'key from elsewhere': await key('admin', elsewhere),
    'key that was revoked': revoked,
    nonsense: { authorization: 'Bearer nonsense', ...nobody },
  }
}

async function addItem(room: Room, poster: string): Promise<string> {
  const id = randomUUID()
  const words = { author: { name: 'Ada' }, body: ['Hello'], text: 'Hello', hash: id }
  accepted(await log.publish(room, { type: 'post', id, kind: 'post', ...words }, poster))
  return id
}

const rows = TABLE.trim()
  .split('\n\n')
  .flatMap((block) => {
    const [head, ...lines] = block.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))
    const [room, ...columns] = head as [string, ...Column[]]
    return lines.flatMap(([who, ...cells]) =>
      cells.flatMap((cell, index) => {
        const column = columns[index] as Column
        return ROUTES[column].map((route) => ({ room, who: who as string, route, outcome: cell }))
      }),
    )
  })

/** A room as its row says, and in it an item for each route of each caller. */
async function furnish(kind: string, people: Readonly<Record<string, Who>>) {
  const [visibility, state, posting] = kind.split(' ') as [Visibility, RoomState, Posting]
  const room = await make.room(site, { visibility, posting })
  const prepared = await Promise.all(
    rows
      .filter((row) => row.room === kind)
      .map(async (row) => {
        const poster = row.route.includes(':own') ? (people[row.who] as Who).poster : 'somebody else'
        return [row, row.route.includes(':') ? await addItem(room, poster) : ''] as const
      }),
  )
  if (state !== 'open') accepted(await log.publish(room, { type: 'room', state }, 'test'))
  return { room, prepared }
}

/** Joins the room on a transport; answers `ok` or the code of the refusal. */
async function follow(room: Room, route: string, { authorization }: Who): Promise<string> {
  const [transport, view = 'reader'] = route.split(' ') as [Transport, View?]
  const token = authorization === undefined ? {} : { token: authorization }
  const follower = FOLLOW[transport](url, [{ room: room.address, view, ...token }])
  try {
    const frame = await until(`an answer of the ${transport}`, () => follower.frames[0])
    if (frame.type === 'error') return frame.code
    return frame.type === 'joined' && frame.view === view ? 'ok' : JSON.stringify(frame)
  } finally {
    follower.stop()
  }
}

async function ask(room: Room, route: string, item: string, who: Who): Promise<string> {
  const answer = await request(room, route, item, who)
  return answer.statusCode < 300 ? 'ok' : answer.json().code
}

function request(room: Room, route: string, item: string, who: Who) {
  const [method, path] = route.split(' ') as ['GET' | 'POST' | 'PATCH' | 'DELETE', string]
  const url = `/v1/rooms/${room.address}/${path.replace(/:\w+/, item)}`.replace(/\/\.$/, '')
  const payload =
    path === 'items' && method === 'POST'
      ? { text: 'Hello', author: { name: 'Ada' } }
      : method === 'PATCH'
        ? { text: 'Hello again' }
        : undefined
  return app.inject({
    method,
    url,
    headers: who.authorization === undefined ? {} : { authorization: who.authorization },
    ...(payload && { payload }),
  })
}

describe.each([...new Set(rows.map(({ room }) => room))])('in a room that is %s', (kind) => {
  let people: Readonly<Record<string, Who>>
  let room: Room
  let items: Map<string, string>
  beforeAll(async () => {
    people = await everybody()
    const furnished = await furnish(kind, people)
    room = furnished.room
    items = new Map(furnished.prepared.map(([row, id]) => [`${row.who} ${row.route}`, id]))
  })

  test.each(rows.filter((row) => row.room === kind))('AUTH1 $who: $route is $outcome', async (row) => {
    const item = items.get(`${row.who} ${row.route}`) ?? ''
    const who = people[row.who] as Who
    const isRequest = /^[A-Z]/.test(row.route)
    const outcome = isRequest ? await ask(room, row.route, item, who) : await follow(room, row.route, who)
    expect(outcome).toBe(CODES[row.outcome] ?? row.outcome)
  })
})

test('AUTH1 leaves out no route of a room', () => {
  const described = Object.entries(app.swagger().paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods ?? {}).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const ofRooms = described.filter((route) => route.includes('/v1/rooms/'))
  const tried = Object.values(ROUTES)
    .flat()
    .filter((route) => /^[A-Z]/.test(route))
    .map((route) => {
      const [method, path] = route.replace(/:\w+/, '{id}').replace(/\?.*/, '').split(' ') as [string, string]
      return `${method} /v1/rooms/{site}/{room}${path === '.' ? '' : `/${path}`}`
    })
  expect([...new Set(tried)].sort()).toEqual(ofRooms.sort())
})
