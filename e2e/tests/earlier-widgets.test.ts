import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { leaveBrowser, sharedBrowser } from '../parts/browser.ts'
import { halley, makeRoom } from '../parts/command-line.ts'
import { earlierWidgets } from '../parts/earlier-widget.ts'
import { type FreshDatabase, freshDatabase } from '../parts/fresh-database.ts'
import { hasFailed } from '../parts/has-failed.ts'
import { type HostPage, hostPage, plainPage } from '../parts/host-page.ts'
import { Person } from '../parts/people.ts'
import { scrollTo } from '../parts/scroll.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { Writer } from '../parts/writer.ts'

const widgets = earlierWidgets()
let database: FreshDatabase
let server: ServerProcess
let browser: Browser

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  server = await ServerProcess.start({ databaseUrl: database.url, env: { DRAIN_WINDOW: '1' } })
  browser = await sharedBrowser()
})

afterAll(async ({}, suite) => {
  await leaveBrowser()
  await server?.remove(hasFailed(suite))
  await database?.drop()
})

const NO_SOCKET = 'WebSocket = class { constructor() { throw new Error("blocked") } }'
const NO_STREAM = `const real = fetch
fetch = (input, init) => String(input).endsWith('/v1/stream') ? Promise.reject(new Error('blocked')) : real(input, init)`

interface Visitor {
  readonly person: Person
  /** Paths of the scripts that the page asked for. */
  readonly scripts: string[]
}

const transports = [
  { transport: 'socket', before: '', path: '/v1/socket' },
  { transport: 'stream', before: NO_SOCKET, path: '/v1/stream' },
  { transport: 'poll', before: `${NO_SOCKET}\n${NO_STREAM}`, path: '/v1/poll' },
]

for (const widget of widgets)
  for (const { transport, before, path } of transports)
    test(`EARLIER1 a page with the widget ${widget.name} follows by ${transport}, posts, moderates and comes back`, async () => {
      const { room } = await makeRoom(server)
      const [site] = room.split('/') as [string]
      await halley(server, 'secret', 'create', site, '--allow-roles')
      const token = await halley(
        server,
        ...['token', 'create', site, '--sub', 'mo', '--name', 'Mo', '--role', 'moderator'],
      )
      const noor = new Writer(() => server.url, room, 'Noor')
      for (let n = 1; n <= 70; n += 1) await noor.post(`old post ${n}`)
      const host = await hostPage(
        plainPage(`<script async src="${server.url}/${widget.loader}" data-room="${room}"></script>`),
      )
      const arrives = async (name: string, as?: string): Promise<Visitor> => visit(host, name, before, as)
      const ada = await arrives('Ada')
      const asked = ada.person.watchConnections(path)
      const mo = await arrives('Mo', token)
      await ada.person.sees('old post 70')

      await noor.post('live news')
      await ada.person.sees('live news')
      await ada.person.posts('hello from an old page')
      await mo.person.sees('hello from an old page')
      await mo.person.removes('live news')
      await ada.person.losesSight('live news')

      expect(await server.end()).toBe(0)
      await server.start()
      await noor.post('after the restart')
      // Their waits have grown while nobody answered; Mo's page may have been scrolled to what was removed.
      await ada.person.item('after the restart').waitFor({ timeout: 60_000 })
      const pill = mo.person.page.getByRole('button', { name: '1 new item' })
      const news = mo.person.item('after the restart').waitFor({ timeout: 60_000 })
      // It may go while it is being pressed: what waits can come by itself.
      await Promise.any([news, pill.click({ timeout: 60_000 })])
      await mo.person.sees('after the restart')
      expect(asked.joined).toBeGreaterThan(0)
      await scrollTo(ada.person.page, 'bottom', 'old post 5')

      for (const { scripts } of [ada, mo])
        expect(scripts.filter((script) => !widget.files.includes(script))).toEqual([])
      expect(ada.scripts).toContain(widget.loader)
      await ada.person.leaves()
      await mo.person.leaves()
      await host.close()
    })

async function visit(host: HostPage, name: string, before: string, token?: string): Promise<Visitor> {
  const person = await Person.arrive(browser, name, token)
  if (before) await person.page.addInitScript(before)
  const scripts: string[] = []
  person.page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (pathname.endsWith('.js')) scripts.push(pathname.slice(1))
  })
  await person.opens(host.url)
  await person.page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached', timeout: 40_000 })
  return { person, scripts }
}
