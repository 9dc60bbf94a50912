import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { halley } from '../parts/command-line.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { until } from '../parts/until.ts'
import { widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()
const PAINT_MS = 300

/** Sockets of the page that are not closed, as its own code sees them. */
const WATCH_SOCKETS = `window.sockets = []
  window.WebSocket = class extends WebSocket {
    constructor(...parts) { super(...parts); sockets.push(this) }
  }`
const NO_SOCKETS = 'window.WebSocket = undefined'
/** What Chromium says of an answer of 410, and of a socket that is given up on its way, are its own words. */
const OWN_WORDS = /status of 410|closed before the connection is established/

const openSockets = (page: Page): Promise<number> =>
  page.evaluate(
    () => (window as unknown as { sockets: WebSocket[] }).sockets.filter((one) => one.readyState < 2).length,
  )
const heights = (page: Page): Promise<number[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('halley-feed')].map((one) => one.getBoundingClientRect().height),
  )
const leave = (room: string): Promise<string> =>
  halley(stage.server, 'site', 'delete', room.split('/')[0] as string)

async function isGone(room: string): Promise<void> {
  await until('the site to be gone', async () => {
    const answer = await fetch(`${stage.server.url}/v1/rooms/${room}`)
    return answer.status === 410
  })
}

test('LOAD6 a tag of a site that has gone takes no room, near or far, and closes what it opened', async () => {
  const { room } = await stage.filledRoom(1)
  await leave(room)
  await isGone(room)
  const { url } = stage.server
  const far = `<div style="height:9000px"></div>${tag(url, room)}`
  // Of another room than the feeds', because those may have asked for theirs before they heard that it is gone.
  const counted = `${room.split('/')[0]}/counted`
  const count = `<p id="count"><halley-count room="${counted}">some</halley-count></p>`
  const { page, asked } = await stage.visit('', { before: WATCH_SOCKETS })
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(String(error)))
  await page.setContent(plainPage(`${tag(url, room)}${count}${far}`))
  await until('both feeds to take no room', async () => (await heights(page)).join() === '0,0')
  await until('the socket to be closed', async () => (await openSockets(page)) === 0)
  await until('the count to have asked', () => asked.some((address) => address.endsWith(counted)))
  const before = asked.length
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  await page.waitForTimeout(PAINT_MS)
  expect(await heights(page)).toEqual([0, 0])
  expect(asked.slice(before)).toEqual([])
  expect(await page.locator('#count').textContent()).toBe('some')
  expect(said.filter((text) => !OWN_WORDS.test(text))).toEqual([])
})

test('LOAD6 a feed that is followed goes when its site does, and a neighbour stays', async () => {
  const leaving = await stage.filledRoom(2)
  const staying = await stage.filledRoom(1)
  const { url } = stage.server
  const both = tag(url, leaving.room, { height: '300px' }) + tag(url, staying.room, { height: '300px' })
  const { page } = await stage.visit(plainPage(both))
  await until('both to be live', async () => (await page.locator('[data-state=live]').count()) === 2)
  await leave(leaving.room)
  await until('one to take no room', async () => (await heights(page)).includes(0))
  await staying.ada.post('still here')
  await page.getByText('still here').waitFor()
  expect((await heights(page)).filter((height) => height > 0).length).toBe(1)
})

test('LOAD6 a page that polls stops when the site of its only room has gone', async () => {
  const { room } = await stage.filledRoom(1)
  const { page, asked } = await stage.visit('', { before: `${WATCH_SOCKETS};${NO_SOCKETS}` })
  await page.route('**/v1/stream', (route) => route.abort())
  let polls = 0
  await page.route('**/v1/poll*', async (route) => {
    polls += 1
    // As one that comes back after it was away meanwhile.
    if (polls === 2) {
      await leave(room)
      await isGone(room)
    }
    await route.continue()
  })
  await page.setContent(plainPage(tag(stage.server.url, room)))
  await until('the feed to take no room', async () => (await heights(page)).join() === '0')
  // On a busy machine the one that was held up here may have been given up and asked again.
  const before = [polls, asked.length]
  await page.waitForTimeout(PAINT_MS)
  expect([polls, asked.length]).toEqual(before)
})

test('LOAD6 the last feed of a page closes the connection when its site has gone', async () => {
  const { room } = await stage.filledRoom(1)
  const count = `<p><halley-count room="${room}">some</halley-count></p>`
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room) + count), {
    before: WATCH_SOCKETS,
  })
  await page.locator('[data-state=live]').waitFor({ state: 'attached' })
  expect(await openSockets(page)).toBe(1)
  await leave(room)
  await until('the socket to be closed', async () => (await openSockets(page)) === 0)
  expect(await heights(page)).toEqual([0])
})
