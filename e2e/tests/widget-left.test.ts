import { expect, test } from 'vitest'
import { plainPage, tag } from '../parts/host-page.ts'
import { until } from '../parts/until.ts'
import { widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()
const code = (asked: readonly string[]) => asked.filter((address) => address.includes('/assets/feed')).length

/** What the page has open; and its element, which can be taken out and put back. */
const before = `const Real = WebSocket
  window.sockets = []
  WebSocket = class extends Real { constructor(...args) { super(...args); sockets.push(this) } }`
const takeOut = `window.feed = document.querySelector('halley-feed'); feed.remove()`
const putBack = `document.body.prepend(feed)`
const open = `sockets.filter(({ readyState }) => readyState < 2).length`

test('LOAD8 closes what it opened for an element that leaves before the reader comes near, and works when it is back', async () => {
  const { room } = await stage.filledRoom(1)
  const far = `<div style="height:9000px"></div>${tag(stage.server.url, room)}`
  const { page } = await stage.visit(plainPage(far), { before })
  await until('the socket', async () => (await page.evaluate(open)) === 1)
  await page.evaluate(takeOut)
  await until('it to be closed', async () => (await page.evaluate(open)) === 0)
  await page.evaluate(putBack)
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  expect(await page.evaluate(open)).toBe(1)
})

test('LOAD8 asks no more for code that cannot be fetched once its element has left, and again when it is back', async () => {
  const { room } = await stage.filledRoom(1)
  const { page, asked } = await stage.visit('', { before })
  await page.clock.install()
  await page.route('**/assets/feed*', (route) => route.abort())
  await page.setContent(plainPage(tag(stage.server.url, room)))
  await until('the code to be asked for', () => code(asked) === 1)
  await page.clock.runFor('00:10')
  await until('it to be asked for again', () => code(asked) > 1)
  await page.evaluate(takeOut)
  const last = code(asked)
  for (let n = 0; n < 8; n++) await page.clock.runFor('03:00')
  // The one that was due.
  expect(code(asked)).toBeLessThanOrEqual(last + 1)
  await page.unroute('**/assets/feed*')
  await page.evaluate(putBack)
  await page.getByText('item 1').waitFor()
})
