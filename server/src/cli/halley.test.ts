import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, inject, test, vi } from 'vitest'
import { buildWidget } from '../../../bin/build-widget.ts'
import { ROOT } from '../../../bin/root.ts'
import { ServerProcess } from '../../../e2e/parts/server-process.ts'
import { tempFolder } from '../../../e2e/parts/temp-folder.ts'
import { until } from '../../../e2e/parts/until.ts'
import type { RoomNews } from '../bus/bus.ts'
import { RedisBus } from '../bus/redis-bus.ts'
import { redisPrefix } from '../db/redis-prefix.ts'
import { testApp } from '../test-app.ts'
import { type Ended, runHalley } from './test-halley.ts'

buildWidget(ROOT)
const { app, database, config, log, ...make } = await testApp()
const folder = tempFolder('cli')
afterAll(() => folder.remove())
const CLI = fileURLToPath(new URL('./main.ts', import.meta.url))
const SHARED = {
  DATABASE_URL: database.url,
  SECRET_KEY: config.secretKey as string,
  DATA_DIR: join(folder.path, 'unused'),
}

const halley = (args: readonly string[], env: NodeJS.ProcessEnv = SHARED) => runHalley(args, env)

/** `halley …` as it is typed. */
function type(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const clean = { PATH: process.env.PATH, HOME: process.env.HOME, ...env }
  return new Promise((resolve) => {
    execFile(process.execPath, [CLI, ...args], { env: clean, timeout: 60_000 }, (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? -1) : 0, out: out.trim(), err: err.trim() }),
    )
  })
}
const json = async (...args: string[]) => JSON.parse((await halley([...args, '--json'])).out)
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

test('CLI1 a site, a room and a key are made, and the key posts at once', async () => {
  const made = await halley([
    'site',
    'create',
    'acme',
    '--origin',
    'https://acme.example',
    '--origin',
    'HTTP://b.example:80/',
  ])
  expect(made).toEqual({ code: 0, out: 'acme: pages of https://acme.example http://b.example', err: '' })
  const room = await halley(['room', 'create', 'acme/keynote', '--title', 'Keynote', '--posting', 'guests'])
  expect(room.out).toContain('acme/keynote')
  const key = await halley(['key', 'create', 'acme', '--scope', 'write', '--name', 'our CMS'])
  expect(key.out).toMatch(/^hk_[\w-]{43}$/)
  const posted = await app.inject({
    method: 'POST',
    url: '/v1/rooms/acme/keynote/items',
    headers: bearer(key.out),
    payload: { text: 'Hello', author: { name: 'Ada' } },
  })
  expect(posted.statusCode).toBe(201)
  expect((await app.inject('/v1/rooms/acme/keynote')).json()).toMatchObject({
    title: 'Keynote',
    posting: 'guests',
  })
})

test('CLI8 a site is deleted, restored and erased, and tags that are still in pages learn it', async () => {
  const { site, address } = await make.room(await make.site())
  const neighbour = await make.room(await make.site())
  const ask = (path = '') => app.inject(`/v1/rooms/${address}${path}`)
  const gone = async () => {
    for (const path of ['', '/items', '/items/01890000-0000-7000-8000-000000000000']) {
      const answer = await ask(path)
      expect([answer.statusCode, answer.json().code]).toEqual([410, 'site-gone'])
      expect(answer.headers['cache-control']).toBe('public, max-age=3600')
    }
    const poll = await app.inject(`/v1/poll?room=${address}&wait=0`)
    expect(poll.json()).toMatchObject({ code: 'site-gone' })
  }
  expect((await ask()).statusCode).toBe(200)
  expect(await halley(['site', 'delete', site.slug])).toMatchObject({ code: 0, err: '' })
  await vi.waitFor(gone, 5000)
  expect((await halley(['site', 'list'])).out).toMatch(new RegExp(`^${site.slug} +deleted$`, 'm'))
  expect(await halley(['room', 'create', `${site.slug}/two`])).toMatchObject({ code: 1 })
  await halley(['site', 'restore', site.slug])
  await vi.waitFor(async () => expect((await ask()).statusCode).toBe(200), 5000)
  await halley(['site', 'delete', site.slug, '--erase'])
  await vi.waitFor(gone, 5000)
  expect(await halley(['site', 'create', site.slug])).toMatchObject({ code: 1 })
  await halley(['site', 'restore', site.slug])
  await vi.waitFor(async () => expect((await ask()).statusCode).toBe(404), 5000)
  expect((await app.inject(`/v1/rooms/${neighbour.address}`)).statusCode).toBe(200)
})

test('CLI2 what there is can be listed, changed and taken back', async () => {
  await halley(['site', 'create', 'beta'])
  expect(await json('site', 'list')).toContainEqual(expect.objectContaining({ site: 'beta', origins: [] }))
  await halley(['site', 'update', 'beta', '--origin', 'https://beta.example'])
  expect((await halley(['site', 'list'])).out).toMatch(/^beta +https:\/\/beta\.example$/m)

  const settings = ['--hold-posts', '--edit-window', '60', '--text-limit', '140']
  await halley(['room', 'create', 'beta/one', ...settings])
  await halley([
    'room',
    'update',
    'beta/one',
    '--title',
    'Number one',
    '--visibility',
    'private',
    '--no-hold-posts',
  ])
  await halley(['room', 'close', 'beta/one'])
  expect(await json('room', 'show', 'beta/one')).toEqual({
    room: 'beta/one',
    title: 'Number one',
    state: 'closed',
    visibility: 'private',
    posting: 'staff',
    settings: { holdPosts: false, editWindow: 60, textLimit: 140 },
  })
  expect((await halley(['room', 'list', 'beta'])).out).toMatch(
    /^beta\/one +closed +private +staff +0 +Number one$/m,
  )

  const key = await json('key', 'create', 'beta', '--scope', 'admin')
  const secret = await json('secret', 'create', 'beta')
  const listed = `${JSON.stringify(await json('key', 'list', 'beta'))}${(await halley(['secret', 'list', 'beta'])).out}`
  expect(listed).toContain(key.id)
  expect(listed).toContain(secret.kid)
  expect(listed).not.toContain(key.key)
  expect(listed).not.toContain(secret.secret)
  expect((await halley(['key', 'revoke', 'beta', key.id])).code).toBe(0)
  expect((await halley(['secret', 'revoke', 'beta', secret.kid])).code).toBe(0)
  expect((await app.inject({ url: '/v1/rooms/beta/one', headers: bearer(key.key) })).statusCode).toBe(404)
  expect((await halley(['key', 'list', 'beta'])).out).toMatch(/admin +revoked/)
  expect((await halley(['key', 'revoke', 'beta', key.id])).code).toBe(1)
})

test('CLI3 a token signs somebody in, as staff only with a secret that may', async () => {
  await halley(['site', 'create', 'gamma'])
  await halley(['room', 'create', 'gamma/one', '--visibility', 'private'])
  const token = ['token', 'create', 'gamma', '--sub', 'u1', '--name', 'Ada']
  expect(await halley(token)).toMatchObject({ code: 1, err: expect.stringContaining('secret create') })
  const shown = (await halley(['secret', 'create', 'gamma'])).out
  expect(shown).toMatch(/^kid +[0-9a-f-]{36}\nsecret +[\w-]{43}$/)
  const abilities = async (jwt: string) =>
    (await app.inject({ url: '/v1/rooms/gamma/one', headers: bearer(jwt) })).json().may
  expect(await abilities((await halley(token)).out)).toEqual(['read', 'edit-own'])
  expect((await halley([...token, '--role', 'moderator'])).code).toBe(1)
  await halley(['secret', 'create', 'gamma', '--allow-roles'])
  expect(await abilities((await halley([...token, '--role', 'moderator'])).out)).toContain('moderate')
})

test('CLI7 a snippet names what the server serves, and pins it to its content', async () => {
  const room = await make.room(await make.site())
  const env = { ...SHARED, PUBLIC_URL: 'https://live.example' }
  const plain = await halley(['snippet', room.address], env)
  expect(plain.out).toBe(
    `<script async src="https://live.example/halley.js" data-room="${room.address}"></script>`,
  )
  const pinned = (await halley(['snippet', room.address, '--pinned'], env)).out
  const [, path = '', integrity] =
    /src="https:\/\/live\.example(\/halley-\w+\.js)" integrity="(.+?)" crossorigin/.exec(pinned) ?? []
  const answer = await app.inject(path)
  expect(answer.headers['cache-control']).toContain('immutable')
  expect(answer.body).toBe((await app.inject('/halley.js')).body)
  expect(integrity).toBe(`sha384-${createHash('sha384').update(answer.rawPayload).digest('base64')}`)
})

test('CLI4 renewed epochs make every reader load anew', async () => {
  const site = await make.site()
  const [one, two] = [await make.room(site), await make.room(site)]
  const epochs = async () => [(await log.counts(one.id)).head.epoch, (await log.counts(two.id)).head.epoch]
  const before = await epochs()
  await halley(['epoch', 'renew', one.address])
  const between = await epochs()
  expect([between[0] === before[0], between[1] === before[1]]).toEqual([false, true])
  await halley(['epoch', 'renew', '--all'])
  expect((await epochs())[1]).not.toBe(between[1])
})

test.each(
  [
    [],
    ['room'],
    ['rooms', 'list'],
    ['site', 'create'],
    ['site', 'create', 'Not A Slug'],
    ['site', 'create', 'delta', '--origin', 'delta.example'],
    ['site', 'create', 'delta', 'epsilon'],
    ['site', 'create', 'delta', '--colour', 'blue'],
    ['site', 'update', 'acme'],
    ['room', 'create', 'keynote'],
    ['room', 'create', 'acme/a/b'],
    ['room', 'create', 'acme/two', '--posting', 'anyone'],
    ['room', 'create', 'acme/two', '--text-limit', '5000'],
    ['key', 'create', 'acme'],
    ['key', 'create', 'acme', '--scope', 'everything'],
    ['token', 'create', 'acme', '--name', 'Ada'],
    ['epoch', 'renew'],
  ].map((args) => [args]),
)('CLI5 %j is wrong use: exit 2, and why on stderr', async (args) => {
  const { code, out, err } = await halley(args)
  expect([code, out]).toEqual([2, ''])
  expect(err).not.toBe('')
  expect(err).not.toMatch(/^\s+at /m)
})

test.each<[string[], NodeJS.ProcessEnv]>([
  [['room', 'create', 'nowhere/one'], SHARED],
  [['key', 'list', 'nowhere'], SHARED],
  [['room', 'show', 'acme/nothing'], SHARED],
  [['epoch', 'renew', 'acme/nothing'], SHARED],
  [['site', 'list'], { ...SHARED, DATABASE_URL: 'postgres://127.0.0.1:1/halley' }],
  [['site', 'list'], { ...SHARED, DATABASE_URL: 'nonsense' }],
  [['secret', 'create', 'acme'], { ...SHARED, SECRET_KEY: '' }],
])('CLI5 %j that cannot be done: exit 1, and why in one line', async (args, env) => {
  const { code, out, err } = await halley(args, env)
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(/^halley: .+$/)
})

test('CLI5 --help says what there is, for each command', async () => {
  const help = await halley(['--help'])
  expect(help.code).toBe(0)
  for (const word of ['site', 'room', 'key', 'secret', 'token', 'epoch', 'replay', 'snippet', 'spool'])
    expect(help.out).toContain(word)
  const create = await halley(['room', 'create', '--help'])
  expect(create.code).toBe(0)
  expect(create.out).toContain('--posting <who>')
  expect(create.out).toContain('--json')
})

test('CLI6 without a server it brings up the Postgres of the data folder for the moment', async () => {
  const env = { DATA_DIR: join(folder.path, 'own') }
  expect(await halley(['site', 'create', 'acme'], env)).toMatchObject({ code: 0, err: '' })
  expect((await halley(['secret', 'create', 'acme'], env)).code).toBe(0)
  expect(await type(['site', 'list'], env)).toMatchObject({ code: 0, out: expect.stringContaining('acme') })
})

test('CLI6 beside a running server it works on what the server has', async () => {
  const server = await ServerProcess.start({ env: { DEMO: 'off' } })
  try {
    expect(await type(['site', 'create', 'acme'], server.env)).toMatchObject({ code: 0, err: '' })
    expect((await halley(['room', 'create', 'acme/keynote', '--title', 'Keynote'], server.env)).code).toBe(0)
    const room = await fetch(`${server.url}/v1/rooms/acme/keynote`)
    expect(await room.json()).toMatchObject({ title: 'Keynote' })
    expect(await type(['room', 'show', 'acme/none'], server.env)).toMatchObject({ code: 1, out: '' })
    expect(await type(['room', 'sow'], server.env)).toMatchObject({ code: 2, out: '' })
  } finally {
    await server.end()
    await server.remove()
  }
})

test('CLI9 a change of a room by the command line is heard at once by every node where REDIS_URL is set', async () => {
  const REDIS_URL = inject('redisUrl')
  const site = await make.site()
  const room = await make.room(site)
  const bus = new RedisBus({
    url: REDIS_URL,
    prefix: await redisPrefix(database),
    logger: { warn: () => {} },
  })
  const heard: RoomNews[] = []
  await until('the bus to be connected', () => bus.connected())
  await bus.subscribe(room.id, (news) => heard.push(news)).ready
  expect((await halley(['room', 'close', room.address], { ...SHARED, REDIS_URL })).code).toBe(0)
  await until('the news', () => heard.length > 0)
  expect(JSON.parse(heard[0]?.changes[0]?.staff ?? '')).toMatchObject({
    type: 'room',
    room: { state: 'closed' },
  })
  await bus.close()
})
