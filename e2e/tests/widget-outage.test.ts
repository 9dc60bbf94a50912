import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { leaveBrowser, sharedBrowser } from '../parts/browser.ts'
import { halley, makeRoom } from '../parts/command-line.ts'
import { type FreshDatabase, freshDatabase } from '../parts/fresh-database.ts'
import { hostPage, plainPage, tag } from '../parts/host-page.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { TcpProxy } from '../parts/tcp-proxy.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

let database: FreshDatabase
let toPostgres: TcpProxy
let server: ServerProcess
let browser: Browser

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  const url = new URL(database.url)
  toPostgres = await TcpProxy.to(Number(url.port))
  url.hostname = '127.0.0.1'
  url.port = `${toPostgres.port}`
  server = await ServerProcess.start({ databaseUrl: url.href })
  browser = await sharedBrowser()
})
afterAll(async () => {
  await leaveBrowser()
  await server?.remove()
  await toPostgres?.close()
  await database?.drop()
})

/** Opens a room as its moderator. */
async function visitAsInes(room: string) {
  const site = room.split('/')[0] as string
  await halley(server, 'secret', 'create', site, '--allow-roles')
  const who = ['--sub', 'ines', '--name', 'Ines', '--role', 'moderator']
  const jwt = await halley(server, 'token', 'create', site, ...who)
  const host = await hostPage(plainPage(tag(server.url, room)))
  const page = await browser.newPage()
  await page.addInitScript(`window.halley = { getToken: () => ${JSON.stringify(jwt)} }`)
  await page.goto(host.url)
  return { page, leave: () => Promise.all([page.close(), host.close()]) }
}

test('MOD11 a removal that cannot be stored is tried again by the page, until it is', async () => {
  const { room } = await makeRoom(server)
  const { id } = await new Writer(() => server.url, room, 'Ada').post('not for everybody')
  const { page, leave } = await visitAsInes(room)
  const answers: number[] = []
  page.on('response', (answer) => {
    if (answer.request().method() === 'DELETE') answers.push(answer.status())
  })
  await page
    .locator('article', { hasText: 'not for everybody' })
    .getByRole('button', { name: 'More' })
    .click()
  const remove = page.getByRole('menuitem', { name: 'Remove' })
  await remove.waitFor()
  toPostgres.refuse(true)
  await remove.click()
  await until('two tries that were refused', () => answers.length >= 2)
  expect(new Set(answers)).toEqual(new Set([503]))
  toPostgres.refuse(false)
  await until('a try that was not', () => answers.at(-1) === 200)
  expect((await fetch(`${server.url}/v1/rooms/${room}/items/${id}`)).status).toBe(410)
  await page.locator('article[data-removed]').waitFor()
  await leave()
})
