import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { leaveBrowser, sharedBrowser } from '../parts/browser.ts'
import { makeRoom } from '../parts/command-line.ts'
import { hostPage, plainPage } from '../parts/host-page.ts'
import { TcpProxy } from '../parts/tcp-proxy.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

const server = inject('server')
let browser: Browser

beforeAll(async () => {
  browser = await sharedBrowser()
})
afterAll(leaveBrowser)

const script = () => `<script async src="${server.url}/halley.js"></script>`

test('COUNT2 shows the number of a room’s items, and follows what is posted and removed', async () => {
  const { room, moderator } = await makeRoom(server)
  const ada = new Writer(() => server.url, room, 'Ada')
  for (const text of ['one', 'two', 'three']) await ada.post(text)
  const host = await hostPage(
    plainPage(`<p><halley-count room="${room}">–</halley-count> items</p>${script()}`),
  )
  const page = await browser.newPage()
  await page.goto(host.url)
  const shows = (words: string) =>
    until(`"${words}"`, async () => (await page.locator('p').first().innerText()) === words)
  await shows('3 items')
  const { id } = await ada.post('four')
  await shows('4 items')
  await fetch(`${server.url}/v1/rooms/${room}/items/${id}`, {
    method: 'DELETE',
    headers: { authorization: moderator },
  })
  await shows('3 items')
  await page.close()
  await host.close()
})

test('COUNT3 asks for a room’s number once, on the one connection of the page', async () => {
  const { room } = await makeRoom(server)
  await new Writer(() => server.url, room, 'Ada').post('one')
  const counts = `<halley-count room="${room}"></halley-count>`.repeat(5)
  const host = await hostPage(plainPage(`${counts}<halley-feed room="${room}"></halley-feed>${script()}`))
  const page = await browser.newPage()
  const asked: string[] = []
  let sockets = 0
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  page.on('websocket', () => {
    sockets += 1
  })
  await page.goto(host.url)
  await until('five numbers', async () =>
    (await page.locator('halley-count').allInnerTexts()).every((text) => text === '1'),
  )
  expect(await page.locator('halley-count').count()).toBe(5)
  expect(asked.filter((path) => path === `/v1/rooms/${room}`).length).toBeLessThanOrEqual(2)
  expect(sockets).toBe(1)
  await page.close()
  await host.close()
})

test('COUNT4 shows the room’s number after items were posted and removed of which the page heard only the end', async () => {
  const { room, moderator } = await makeRoom(server)
  const ada = new Writer(() => server.url, room, 'Ada')
  const one = await ada.post('one')
  const proxy = await TcpProxy.to(Number(new URL(server.url).port))
  const url = `http://127.0.0.1:${proxy.port}`
  const inside = `<halley-count room="${room}">–</halley-count><script async src="${url}/halley.js"></script>`
  const host = await hostPage(plainPage(inside))
  const page = await browser.newPage()
  await page.goto(host.url)
  const shown = () => page.locator('halley-count').innerText()
  await until('the number', async () => (await shown()) === '1')
  const remove = (id: string) =>
    fetch(`${server.url}/v1/rooms/${room}/items/${id}`, {
      method: 'DELETE',
      headers: { authorization: moderator },
    })
  const two = await ada.post('two')
  await ada.post('three')
  await until('the stream', async () => (await shown()) === '3')
  proxy.refuse(true)
  // Below what is shown: who only goes on counting never comes there.
  for (const { id } of [one, two]) await remove(id)
  for (const text of ['four', 'five', 'six']) await remove((await ada.post(text)).id)
  proxy.refuse(false)
  await ada.post('seven')
  await until('the number of what is there', async () => (await shown()) === '2')
  await ada.post('eight')
  await until('the next number', async () => (await shown()) === '3')
  await page.close()
  await host.close()
  await proxy.close()
})
