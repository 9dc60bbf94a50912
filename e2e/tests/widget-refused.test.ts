import { expect, test } from 'vitest'
import { halley } from '../parts/command-line.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { TcpProxy } from '../parts/tcp-proxy.ts'
import { until } from '../parts/until.ts'
import { ownStage, texts } from '../parts/widget-stage.ts'

const stage = ownStage()
const state = (name: string) => `[part=bar][data-state=${name}]`

test.each([
  ['the same', ''],
  ['another one each time', '+ (asked += 1)'],
])(
  'CONN14 goes on reading as nobody where the token is not valid and the page gives %s, until it gives a good one',
  async (_how, more) => {
    const { room, ada } = await stage.filledRoom(1)
    const site = room.split('/')[0] as string
    await halley(stage.server, 'secret', 'create', site)
    const good = await halley(stage.server, 'token', 'create', site, '--sub', 'ines', '--name', 'Ines')
    const before = `let asked = 0
    window.halley = { getToken: () => window.good ?? 'no.good.token' ${more} }`
    const { page } = await stage.visit('', { before })
    const told: string[] = []
    page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => told.push(`${payload}`)))
    await page.setContent(plainPage(tag(stage.server.url, room)))
    await page.getByText('item 1').waitFor()
    await page.locator(state('live')).waitFor({ state: 'attached' })
    await ada.post('for everybody')
    await page.getByText('for everybody').waitFor()
    await page.evaluate((token) => Object.assign(window, { good: token }), good)
    await until('the connection to be told', () => told.some((frame) => frame.includes(good)))
    await page.locator(state('live')).waitFor({ state: 'attached' })
    await ada.post('for Ines')
    await page.getByText('for Ines').waitFor()
    // Two for each time that the page is asked: nobody runs in circles.
    expect(told.filter((frame) => frame.includes('no.good.token')).length).toBeLessThan(10)
  },
)

test('CONN20 goes on as nobody, and says what was refused for good, where WebSockets are blocked', async () => {
  const { room, ada } = await stage.filledRoom(1)
  const before = `WebSocket = class { constructor() { throw new Error('blocked') } }
    window.halley = { getToken: () => 'no.good.token' }`
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room)), { before })
  await page.locator(state('live')).waitFor({ state: 'attached' })
  await ada.post('for everybody')
  await page.getByText('for everybody').waitFor()
  await stage.server.end()
  await halley(stage.server, 'room', 'update', room, '--visibility', 'private')
  await stage.server.start()
  await page.locator(state('failed')).waitFor({ state: 'attached', timeout: 60_000 })
  await page.getByText('No such room.').waitFor()
})

test('CONN15 says that it is not available where the server closed for good', async () => {
  const { room } = await stage.filledRoom(1)
  const before = `const Real = WebSocket
    WebSocket = class extends Real { constructor(...args) { super(...args); window.socket = this } }`
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room)), { before })
  await page.locator(state('live')).waitFor({ state: 'attached' })
  await page.evaluate(() => (window as unknown as { socket: WebSocket }).socket.send('x'.repeat(70_000)))
  await page.locator(state('failed')).waitFor({ state: 'attached', timeout: 60_000 })
  await page.getByText('Not available right now.').waitFor()
  expect(await texts(page)).toEqual(['item 1'])
})

test('CONN16 leaves a connection that has fallen silent without being closed, and misses nothing', async () => {
  const { room, ada } = await stage.filledRoom(1)
  const proxy = await TcpProxy.to(Number(new URL(stage.server.url).port))
  try {
    const { page } = await stage.visit(plainPage(tag(`http://127.0.0.1:${proxy.port}`, room)))
    await page.locator(state('live')).waitFor({ state: 'attached' })
    const { connections } = proxy
    proxy.forget()
    await ada.post('unheard')
    await page.getByText('unheard').waitFor({ timeout: 60_000 })
    expect(proxy.connections).toBeGreaterThan(connections)
    await ada.post('heard at once')
    await page.getByText('heard at once').waitFor()
    expect(await texts(page)).toEqual(['heard at once', 'unheard', 'item 1'])
  } finally {
    await proxy.close()
  }
})
