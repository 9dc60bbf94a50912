import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { halley } from '../parts/command-line.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { TcpProxy } from '../parts/tcp-proxy.ts'
import { until } from '../parts/until.ts'
import { texts, widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()
const paths = (asked: readonly string[]) => asked.map((address) => new URL(address).pathname)

test('LOAD1 leaves one global behind and moves nothing of the page once its place is reserved', async () => {
  const { room } = await stage.filledRoom(30)
  const before = `window.moved = 0
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) moved += entry.value })
      .observe({ type: 'layout-shift' })
    window.names = new Set(Object.getOwnPropertyNames(window))`
  const script = `<script async src="${stage.server.url}/halley.js"></script>`
  const element = `<halley-feed room="${room}" style="display:block;min-height:100vh"></halley-feed>`
  const { page } = await stage.visit(plainPage(element + script), { before })
  await page.getByText('item 30', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Post' }).waitFor()
  const left = await page.evaluate(() => {
    const { names, moved } = window as unknown as { names: Set<string>; moved: number }
    return {
      moved,
      names: Object.getOwnPropertyNames(window).filter((name) => name !== 'names' && !names.has(name)),
    }
  })
  expect(left).toEqual({ moved: 0, names: ['halley'] })
})

test('LOAD2 asks for page and stream at once, and for the feed only near the view, each once for all tags', async () => {
  const { room, ada } = await stage.filledRoom(1)
  const far = `<div style="height:9000px"></div>${tag(stage.server.url, room, { height: '300px' })}`
  const { page, asked } = await stage.visit(plainPage(far + tag(stage.server.url, room, { height: '300px' })))
  await until('the page to be asked for', () => paths(asked).some((path) => path.endsWith('/items')))
  await until('the stream to be asked for', () => paths(asked).includes('/v1/socket'))
  expect(paths(asked).filter((path) => path.startsWith('/assets/feed'))).toEqual([])
  await ada.post('posted before anybody came near')
  // What is imported was fetched before, and comes out of the browser's cache.
  const network = await page.context().newCDPSession(page)
  const sent: string[] = []
  network.on('Network.responseReceived', ({ response }) => {
    if (!response.fromDiskCache) sent.push(response.url)
  })
  await network.send('Network.enable')
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  await until(
    'both feeds to show it',
    async () => (await texts(page)).filter((text) => /near/.test(text)).length === 2,
  )
  expect(paths(sent).filter((path) => path.startsWith('/assets/feed')).length).toBe(1)
  expect(paths(asked).filter((path) => path === '/v1/socket').length).toBe(1)
  expect(paths(asked).filter((path) => path.endsWith('/items')).length).toBe(1)
})

test('LOAD3 works on a page that broke its arrays, its clock, its storage and its sockets', async () => {
  const { room, ada } = await stage.filledRoom(3)
  const broken = `
    Array.prototype.extra = 'enumerable'
    Date.now = () => 0
    Object.defineProperty(window, 'localStorage', { get() { throw new Error('no storage') } })
    window.WebSocket = undefined`
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room)), { before: broken })
  await page.getByText('item 3').waitFor()
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  await ada.post('item 4')
  await page.getByText('item 4').waitFor()
  await page.getByRole('textbox', { name: 'Your name' }).fill('Kevin')
  await page.getByRole('textbox', { name: 'Write something…' }).fill('from a broken page')
  await page.getByRole('button', { name: 'Post' }).click()
  await page.locator('article', { hasText: 'from a broken page' }).waitFor()
})

test('LOAD4 takes its address from its own tag, whatever else of the page has the name of it', async () => {
  const { room } = await stage.filledRoom(1)
  const named = (name: string) => `<img name="${name}" src="http://127.0.0.1:9/evil.js" alt="">`
  const { page, asked } = await stage.visit(plainPage(named('currentScript') + tag(stage.server.url, room)))
  await page.getByText('item 1').waitFor()
  expect(await page.evaluate(() => document.currentScript?.tagName)).toBe('IMG')
  expect(asked.filter((address) => address.includes(':9/') && !address.endsWith('evil.js'))).toEqual([])
})

/** Fails the first time that it is asked for, as where a reader's network was away for a moment. */
const failOnce = (page: Page, what: string) => {
  let failed = false
  return page.route(what, async (route) => {
    if (failed) return route.continue()
    failed = true
    await route.abort()
  })
}

test('LOAD5 is there once its code can be fetched, which it could not be at first', async () => {
  const { room, ada } = await stage.filledRoom(1)
  const { page, asked } = await stage.visit('')
  await failOnce(page, '**/assets/feed*')
  await failOnce(page, '**/assets/poster*')
  await page.setContent(plainPage(tag(stage.server.url, room)))
  await page.getByText('item 1').waitFor()
  await page.getByRole('textbox', { name: 'Your name' }).waitFor()
  await ada.post('item 2')
  await page.getByText('item 2').waitFor()
  expect(paths(asked).filter((path) => path === '/v1/socket').length).toBe(1)
  for (const part of ['/assets/feed', '/assets/poster'])
    expect(paths(asked).filter((path) => path.startsWith(part)).length).toBeGreaterThan(1)
})

test('LOAD7 a feed that the reader comes to late begins with the room as it is by then', async () => {
  const { room, ada } = await stage.filledRoom(2)
  const far = `<div style="height:9000px"></div>${tag(stage.server.url, room, { height: '300px' })}`
  const { page, asked } = await stage.visit('')
  await page.clock.install()
  await page.setContent(plainPage(far))
  await page.evaluate(() => {
    const told: string[] = []
    addEventListener('halley:item', (event) => told.push((event as CustomEvent).detail.item.text))
    Object.assign(window, { told })
  })
  const pages = () => paths(asked).filter((path) => path.endsWith('/items')).length
  await until('the page to be asked for', () => pages() === 1)
  await ada.post('posted before anybody came near')
  await page.clock.fastForward('10:00')
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  await page.getByText('posted before anybody came near').waitFor()
  expect(pages()).toBe(2)
  await ada.post('posted since')
  await page.getByText('posted since').waitFor()
  expect(await page.evaluate(() => Reflect.get(window, 'told'))).toEqual(['posted since'])
})

const heightOf = (page: Page, place: string) =>
  page.locator(place).evaluate((one) => one.getBoundingClientRect().height)

test('LOAD9 a tag keeps free the height that it names, and its feed speaks the language that it names', async () => {
  const { room } = await stage.filledRoom(1)
  const tags = [{ lang: 'de' }, { lang: 'fr-CA', 'min-height': '33rem' }, {}].map(
    (data, n) => `<div id="feed-${n}">${tag(stage.server.url, room, data)}</div>`,
  )
  const { page } = await stage.visit('')
  let letThrough = () => {}
  const held = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  await page.route('**/assets/feed*', (route) => held.then(() => route.continue()))
  await page.setContent(plainPage(tags.join('')).replace('lang="en"', 'lang="es"'))
  await until('a place to be kept', async () => (await heightOf(page, '#feed-1')) > 0)
  expect([await heightOf(page, '#feed-0'), await heightOf(page, '#feed-1')]).toEqual([800, 33 * 16])
  letThrough()
  for (const [n, post] of ['Senden', 'Publier', 'Publicar'].entries())
    await page.locator(`#feed-${n}`).getByRole('button', { name: post, exact: true }).waitFor()
  expect(
    await page.locator('[part=root]').evaluateAll((all) => all.map((one) => one.getAttribute('lang'))),
  ).toEqual(['de', 'fr-ca', 'es'])
  expect(await heightOf(page, '#feed-1')).toBe(33 * 16)
})

test('LOAD10 an element with an address of its own follows that server, beside the feed of the tag', async () => {
  const [near, far] = [await stage.filledRoom(1), await stage.filledRoom(1)]
  const proxy = await TcpProxy.to(stage.server.port)
  const there = `http://127.0.0.1:${proxy.port}`
  const element = `<halley-feed room="${far.room}" data-host="${there}" data-height="200px"></halley-feed>`
  const html = plainPage(element + tag(stage.server.url, near.room, { height: '200px' }))
  const { page, asked } = await stage.visit(html)
  await until(
    'both to be live',
    async () => (await page.locator('[part=bar][data-state=live]').count()) === 2,
  )
  for (const [n, { ada }] of [near, far].entries()) await ada.post(`live in ${n}`)
  for (const n of [0, 1]) await page.getByText(`live in ${n}`).waitFor()
  const from = asked.map((address) => new URL(address)).filter(({ pathname }) => pathname.startsWith('/v1/'))
  for (const { host, pathname } of from)
    if (pathname.includes('/rooms/'))
      expect(host === new URL(there).host, pathname).toBe(pathname.includes(far.room))
  expect(
    from
      .filter(({ pathname }) => pathname === '/v1/socket')
      .map(({ host }) => host)
      .sort(),
  ).toEqual([new URL(there).host, new URL(stage.server.url).host].sort())
  await proxy.close()
})

test('LOAD11 a pinned tag shows its room on a page of another origin, and nothing where its content is another', async () => {
  const { room, ada } = await stage.filledRoom(1)
  const printed = await halley(stage.server, 'snippet', room, '--pinned')
  const [pinned] = /http\S+?(?=")/.exec(printed) as RegExpExecArray
  const html = plainPage(printed.replace(new URL(pinned).origin, stage.server.url))
  const { page, asked } = await stage.visit(html)
  await page.getByText('item 1').waitFor()
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  await ada.post('item 2')
  await page.getByText('item 2').waitFor()
  expect(paths(asked)).not.toContain('/halley.js')
  const changed = await stage.visit('')
  const refused = changed.page.waitForEvent('console', (message) => /integrity/.test(message.text()))
  await changed.page.route('**/halley-*.js', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({ response: answer, body: `${await answer.text()};window.changed = true` })
  })
  await changed.page.setContent(html)
  await refused
  expect(await changed.page.locator('halley-feed').count()).toBe(0)
})
