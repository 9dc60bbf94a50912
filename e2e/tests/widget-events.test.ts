import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { halley } from '../parts/command-line.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { TcpProxy } from '../parts/tcp-proxy.ts'
import { until } from '../parts/until.ts'
import { widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()

/** Keeps what the page itself hears at its document, where events of any feed arrive. */
const listen = (name: string) => `window.told = []
  document.addEventListener('halley:${name}', ({ target, detail }) =>
    told.push({ at: target.localName, is: target.parentElement?.className, ...detail }))`
const told = (page: Page): Promise<object[]> => page.evaluate(() => Reflect.get(window, 'told'))

test('EVENT1 pressing the sign-in tells the page of which feed and room it was', async () => {
  const { room } = await stage.room()
  const asking = `${room}-2`
  await halley(stage.server, 'room', 'create', asking, '--posting', 'signed-in')
  const feeds = [room, asking].map((one) => `<div class="${one}">${tag(stage.server.url, one)}</div>`)
  const { page } = await stage.visit(plainPage(feeds.join('')), { before: listen('login') })
  await page.getByRole('button', { name: 'Sign in' }).click()
  expect(await told(page)).toEqual([{ at: 'halley-feed', is: asking, room: asking }])
})

test('EVENT2 tells the page of each state that the connection comes to, and why it stays away', async () => {
  const { room } = await stage.room()
  const [site] = room.split('/') as [string]
  const closed = `${room}-2`
  await halley(stage.server, 'room', 'create', closed, '--visibility', 'private')
  await halley(stage.server, 'secret', 'create', site)
  const jwt = await halley(stage.server, 'token', 'create', site, '--sub', 'tom', '--name', 'Tom')
  const proxy = await TcpProxy.to(stage.server.port)
  const feed = `<div class="feed">${tag(`http://127.0.0.1:${proxy.port}`, closed)}</div>`
  const { page } = await stage.visit(plainPage(feed), { before: listen('status') })
  const seen: object[] = []
  const tells = async (what: object) => {
    seen.push({ at: 'halley-feed', is: 'feed', room: closed, ...what })
    await until(JSON.stringify(what), async () => (await told(page)).length >= seen.length)
    expect(await told(page)).toEqual(seen)
  }
  await tells({ state: 'failed', code: 'room-unknown' })
  await page.evaluate((token) => {
    const element = document.querySelector('halley-feed') as HTMLElement
    Object.assign(element, { getToken: async () => token })
    Reflect.get(element, 'refresh').call(element)
  }, jwt)
  await tells({ state: 'live' })
  proxy.refuse(true)
  await tells({ state: 'reconnecting', offline: false })
  proxy.refuse(false)
  await tells({ state: 'live' })
  await page.context().setOffline(true)
  proxy.cut()
  await tells({ state: 'reconnecting', offline: true })
  await page.context().setOffline(false)
  await tells({ state: 'live' })
  await proxy.close()
})
