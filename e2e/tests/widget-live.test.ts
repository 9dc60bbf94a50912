import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { buildWidget } from '../../bin/build-widget.ts'
import { ROOT } from '../../bin/root.ts'
import { hostPage, plainPage, tag } from '../hosts/host-page.ts'
import { openBrowser } from '../parts/browser.ts'
import { makeRoom } from '../parts/command-line.ts'
import { freshDatabase } from '../parts/fresh-database.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { Writer } from '../parts/writer.ts'

let server: ServerProcess
let browser: Browser
let drop: () => Promise<void>

beforeAll(async () => {
  buildWidget(ROOT)
  const database = await freshDatabase(inject('databaseUrl'))
  drop = database.drop
  server = await ServerProcess.start({ databaseUrl: database.url })
  browser = await openBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.remove()
  await drop?.()
})

test('FEED1 shows the newest page, and what is posted from then on above it', async () => {
  const { room } = await makeRoom(server)
  const ada = new Writer(() => server.url, room, 'Ada')
  await ada.post('before')
  const host = await hostPage(plainPage(tag(server.url, room)))
  const page = await browser.newPage()
  await page.goto(host.url)
  await page.getByText('before').waitFor()
  await ada.post('after')
  await page.getByText('after').waitFor()
  expect(await page.locator('article [part=body]').allInnerTexts()).toEqual(['after', 'before'])
  await page.close()
  await host.close()
})
