import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from '../parts/browser.ts'
import { halley } from '../parts/command-line.ts'
import { hostPage, plainPage, tag } from '../parts/host-page.ts'
import { TcpProxy } from '../parts/tcp-proxy.ts'
import { until } from '../parts/until.ts'
import { texts, widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()
const live = '[part=bar][data-state=live]'
const to = (asked: readonly string[], path: string) =>
  asked.filter((address) => new URL(address).pathname === path).length

/** Runs in a page before its own scripts. */
const keepsSockets = `const Real = WebSocket
  window.sockets = []
  WebSocket = class extends Real { constructor(...args) { super(...args); sockets.push(this) } }`
const states = (page: Page) => page.evaluate<number[]>('sockets.map(({ readyState }) => readyState)')

/** Away from a page, and back to it as it was. A Chromium without windows keeps no page: there it is told that it was. */
const awayAndBack = async (page: Page, url: string, meanwhile: () => Promise<unknown>) => {
  const plain = await page.context().newPage()
  const empty = await hostPage('<p>Nothing of ours</p>')
  await plain.goto(empty.url)
  await plain.evaluate(() => Object.assign(window, { kept: true }))
  await plain.goto(`${empty.url}?elsewhere`)
  await plain.goBack({ waitUntil: 'commit' })
  const keeps = await plain.evaluate(() => 'kept' in window)
  await plain.close()
  await empty.close()
  const tell = (type: string) =>
    page.evaluate((type) => dispatchEvent(new PageTransitionEvent(type, { persisted: true })), type)
  if (keeps) await page.goto(`${url}?elsewhere`)
  else await tell('pagehide')
  await meanwhile()
  if (keeps) await page.goBack({ waitUntil: 'commit' })
  else await tell('pageshow')
}

test('CONN9 comes back by the back button as it was left, joined again, with what it missed', async () => {
  const { room, ada } = await stage.filledRoom(3)
  const host = await hostPage(plainPage(tag(stage.server.url, room)))
  const browser = await openBrowser({ ignoreDefaultArgs: ['--disable-back-forward-cache'] })
  onTestFinished(() => browser.close())
  const page = await (await browser.newContext()).newPage()
  await page.addInitScript(keepsSockets)
  await page.goto(host.url)
  await page.locator(live).waitFor({ state: 'attached' })
  // Hears it after whatever the widget does.
  await page.evaluate(() => {
    addEventListener('pagehide', () => {
      const { sockets } = window as unknown as { sockets: WebSocket[] }
      Object.assign(window, { left: sockets.map(({ readyState }) => readyState) })
    })
  })
  await awayAndBack(page, host.url, () => ada.post('item 4'))
  await page.getByText('item 4').waitFor()
  await page.locator(live).waitFor({ state: 'attached' })
  await ada.post('item 5')
  await page.getByText('item 5').waitFor()
  expect(await texts(page)).toEqual(['item 5', 'item 4', 'item 3', 'item 2', 'item 1'])
  // Of the page as it was: closing.
  expect(await page.evaluate(() => (window as unknown as { left?: number[] }).left)).toEqual([2])
  await host.close()
})

test('CONN10 goes back to its socket when what it fell back to has ended', async () => {
  const { room, ada } = await stage.filledRoom(1)
  const proxy = await TcpProxy.to(Number(new URL(stage.server.url).port))
  try {
    const { page, asked } = await stage.visit(plainPage(tag(`http://127.0.0.1:${proxy.port}`, room)))
    await page.locator(live).waitFor({ state: 'attached' })
    proxy.block('sockets')
    proxy.cut()
    await until('a stream to be asked for', () => to(asked, '/v1/stream') > 0)
    await page.locator(live).waitFor({ state: 'attached' })
    await ada.post('by stream')
    await page.getByText('by stream').waitFor()
    proxy.block('nothing')
    const before = to(asked, '/v1/socket')
    proxy.cut()
    await until('a socket to be asked for', () => to(asked, '/v1/socket') > before)
    await page.locator(live).waitFor({ state: 'attached' })
    const streams = to(asked, '/v1/stream')
    await ada.post('by socket')
    await page.getByText('by socket').waitFor()
    expect(to(asked, '/v1/stream')).toBe(streams)
  } finally {
    await proxy.close()
  }
})

test('CONN10 does not take a socket that ended before it was needed for a network without sockets', async () => {
  const { room, ada } = await stage.filledRoom(1)
  const proxy = await TcpProxy.to(Number(new URL(stage.server.url).port))
  try {
    const below = `<div style="height:5000px"></div>${tag(`http://127.0.0.1:${proxy.port}`, room)}`
    const { page, asked } = await stage.visit(plainPage(below), { before: keepsSockets })
    // Before it is open, the proxy may know nothing of it yet.
    await until('the socket to be open', async () => (await states(page)).join() === '1')
    proxy.cut()
    await until('the socket to have ended', async () => (await states(page)).join() === '3')
    await page.locator('halley-feed').evaluate((feed) => feed.scrollIntoView())
    await page.locator(live).waitFor({ state: 'attached' })
    await ada.post('by socket')
    await page.getByText('by socket').waitFor()
    expect(to(asked, '/v1/stream')).toBe(0)
    expect(to(asked, '/v1/socket')).toBe(2)
  } finally {
    await proxy.close()
  }
})

test('CONN11 asks the page for another token before one ends, and goes on posting and moderating', async () => {
  const made = await stage.filledRoom(1)
  const [site] = made.room.split('/')
  await halley(stage.server, 'secret', 'create', site as string, '--allow-roles')
  const token = (seconds: string) =>
    halley(
      stage.server,
      'token',
      'create',
      site as string,
      '--sub',
      'ines',
      '--name',
      'Ines',
      '--role',
      'moderator',
      '--seconds',
      seconds,
    )
  const long = await token('3600')
  const before = `window.asked = 0
    window.halley = { getToken: () => {
      asked += 1
      if (asked === 2) throw new Error('the host was away for a moment')
      return asked === 1 ? short() : '${long}'
    } }`
  const { page } = await stage.visit('', { before })
  // Of the moment at which it is asked for, however slow the machine is.
  await page.exposeFunction('short', () => token('5'))
  const told: string[] = []
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => told.push(`${payload}`)))
  await page.setContent(plainPage(tag(stage.server.url, made.room)))
  await page.locator(live).waitFor({ state: 'attached' })
  const asked = () => page.evaluate(() => (window as unknown as { asked: number }).asked)
  await until('the token to be asked for again, also after a failure', async () => (await asked()) >= 3)
  await until('the connection to be told', () => told.some((frame) => frame.includes(long)))
  await page.getByRole('textbox', { name: 'Write something…' }).fill('still Ines')
  const posting = page.waitForRequest((request) => request.method() === 'POST')
  await page.getByRole('button', { name: 'Post' }).click()
  expect((await posting).headers().authorization).toBe(`Bearer ${long}`)
  const row = page.locator('article', { hasText: 'still Ines' })
  await row.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Remove' }).click()
  await row.getByRole('button', { name: 'Restore' }).waitFor()
})
