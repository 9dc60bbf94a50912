import { expect, test } from 'vitest'
import { plainPage, tag } from '../parts/host-page.ts'
import { until } from '../parts/until.ts'
import { ownStage, texts } from '../parts/widget-stage.ts'

const stage = ownStage()
const feed = (room: string) => plainPage(tag(stage.server.url, room))
/** The calls that a page made to this path. */
const to = (asked: readonly string[], path: string) =>
  asked.filter((address) => new URL(address).pathname === path)

const BLOCKED = 'WebSocket = class { constructor() { throw new Error("blocked") } }'
/** Opens, and lets nothing through, as some proxies do. */
const SILENT = `WebSocket = class extends EventTarget {
  readyState = 0
  constructor() { super(); setTimeout(() => { this.readyState = 1; this.onopen?.({}) }, 10) }
  send() {}
  close() {}
}`
const NO_STREAM = `const real = fetch
fetch = (input, init) => String(input).endsWith('/v1/stream')
  ? new Promise((_, reject) => init.signal.addEventListener('abort', () => reject(new Error('aborted'))))
  : real(input, init)`

test('CONN1 goes on by an event stream where WebSockets are blocked, with one connection for all rooms', async () => {
  const rooms = [await stage.room(), await stage.room(), await stage.room()]
  const elements = rooms.map(({ room }) => `<halley-feed room="${room}" data-height="200px"></halley-feed>`)
  const script = `<script async src="${stage.server.url}/halley.js"></script>`
  const { page, asked } = await stage.visit(plainPage(elements.join('') + script), { before: BLOCKED })
  await until('all to be live', async () => (await page.locator('[part=bar][data-state=live]').count()) === 3)
  for (const [n, { ada }] of rooms.entries()) await ada.post(`to room ${n}`)
  for (const n of rooms.keys()) await page.getByText(`to room ${n}`).waitFor()
  expect(to(asked, '/v1/socket')).toEqual([])
  expect(to(asked, '/v1/poll')).toEqual([])
  const streams = to(asked, '/v1/stream').length
  for (const [n, { ada }] of rooms.entries()) await ada.post(`again to room ${n}`)
  for (const n of rooms.keys()) await page.getByText(`again to room ${n}`).waitFor()
  expect(to(asked, '/v1/stream').length).toBe(streams)
})

test('CONN2 leaves a socket and a stream that let nothing through for the next transport, down to the poll', async () => {
  const { room, ada } = await stage.filledRoom(1)
  const { page, asked } = await stage.visit(feed(room), { before: `${SILENT}\n${NO_STREAM}` })
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached', timeout: 40_000 })
  await ada.post('by poll')
  await page.getByText('by poll').waitFor()
  expect(to(asked, '/v1/poll').length).toBeGreaterThan(0)
})

test('CONN3 tells that it is not live when the server is gone, and misses nothing once it is back', async () => {
  const { room, ada } = await stage.filledRoom(2)
  const { page } = await stage.visit(feed(room))
  await page.getByText('item 2').waitFor()
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  await stage.server.kill()
  await page.locator('[part=bar][data-state=reconnecting]').waitFor({ state: 'attached' })
  await stage.server.start()
  await ada.post('item 3')
  await page.getByText('item 3').waitFor({ timeout: 60_000 })
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  expect(await texts(page)).toEqual(['item 3', 'item 2', 'item 1'])
})

test('CONN4 closes everything when the element leaves the page, and resumes where it was when it is put back', async () => {
  const { room, ada } = await stage.filledRoom(2)
  const { page } = await stage.visit(feed(room), {
    before: `const Real = WebSocket
      window.sockets = []
      WebSocket = class extends Real { constructor(...args) { super(...args); sockets.push(this) } }
      const add = window.addEventListener
      window.heard = []
      window.addEventListener = (name, then, options) => {
        heard.push(options?.signal)
        add.call(window, name, then, options)
      }`,
  })
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  const open = () =>
    page.evaluate(
      () =>
        (window as unknown as { sockets: WebSocket[] }).sockets.filter((socket) => socket.readyState < 2)
          .length,
    )
  expect(await open()).toBe(1)
  await page.evaluate(() => {
    const element = document.querySelector('halley-feed') as HTMLElement
    Object.assign(window, { kept: element })
    element.remove()
  })
  await until('the socket to be closed', async () => (await open()) === 0)
  const listens = () =>
    page.evaluate(
      () =>
        (window as unknown as { heard: (AbortSignal | undefined)[] }).heard.filter(
          (signal) => signal && !signal.aborted,
        ).length,
    )
  await until('nothing to listen to the page', async () => {
    await page.evaluate(() => dispatchEvent(new Event('scroll')))
    return (await listens()) === 0
  })
  await ada.post('item 3')
  await page.evaluate(() => document.body.append((window as unknown as { kept: HTMLElement }).kept))
  await page.getByText('item 3').waitFor()
  expect(await texts(page)).toEqual(['item 3', 'item 2', 'item 1'])
  expect(await open()).toBe(1)
  expect(await listens()).toBeGreaterThan(0)
})
