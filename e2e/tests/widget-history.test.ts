import { expect, test } from 'vitest'
import { plainPage, tag } from '../parts/host-page.ts'
import { scrollTo } from '../parts/scroll.ts'
import { until } from '../parts/until.ts'
import { texts, widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()
const feed = (room: string, data = {}) => plainPage(tag(stage.server.url, room, data))
const names = (from: number, to: number) =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, n) => `item ${from + (to > from ? n : -n)}`)

test('FEED6 reads older pages while the reader scrolls, until the first item, each once and in order', async () => {
  const { room } = await stage.filledRoom(170)
  const { page } = await stage.visit(feed(room))
  await page.getByText('item 170', { exact: true }).waitFor()
  expect((await texts(page)).length).toBe(50)
  await scrollTo(page, 'bottom', 'item 1')
  expect(await texts(page)).toEqual(names(170, 1))
  await page.getByText('This is where it began').waitFor()
})

test('FEED32 asks again by itself for older items whose answer never comes', async () => {
  const { room } = await stage.filledRoom(70)
  // Thirty seconds are over when this test says so, for whatever was asked until then.
  const before = `const asked = []
    AbortSignal.timeout = () => asked[asked.push(new AbortController()) - 1].signal
    globalThis.timesUp = () => asked.forEach((one) => one.abort(new DOMException('', 'TimeoutError')))`
  const { page } = await stage.visit(feed(room), { before })
  let asked = 0
  await page.route('**/items?before=*', async (route) => {
    asked += 1
    if (asked > 1) await route.continue()
    else await page.evaluate('timesUp()')
  })
  await page.getByText('item 70', { exact: true }).waitFor()
  await scrollTo(page, 'bottom', 'item 1')
  expect(asked).toBe(2)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
})

test('FEED7 opens a link around its item, keeps it in its place while it reads on both ways, and follows another', async () => {
  const { room, ada } = await stage.filledRoom(170)
  const id = ada.accepted[84]?.id
  const { page } = await stage.visit(feed(room), { hash: `#halley-${id}` })
  const target = page.locator(`[data-id="${id}"]`)
  await target.waitFor()
  expect(await target.innerText()).toContain('item 85')
  await until('the item to be in view', () =>
    target.evaluate(
      (row) => row.getBoundingClientRect().top > 0 && row.getBoundingClientRect().bottom < innerHeight,
    ),
  )
  await scrollTo(page, 'top', 'item 170')
  await scrollTo(page, 'bottom', 'item 1')
  expect(await texts(page)).toEqual(names(170, 1))
  const other = ada.accepted[149]?.id
  await page.evaluate((id) => {
    location.hash = `halley-${id}`
  }, other)
  await until('the other item to be in view', () =>
    page
      .locator(`[data-id="${other}"]`)
      .evaluate(
        (row) => row.getBoundingClientRect().top > 0 && row.getBoundingClientRect().bottom < innerHeight,
      ),
  )
})

test('FEED8 shows an own post as sending, in the room once, and again after a failure, never twice', async () => {
  const { room } = await stage.filledRoom(1)
  const { page } = await stage.visit(feed(room))
  const write = async (text: string) => {
    const name = page.getByRole('textbox', { name: 'Your name' })
    await name.fill('Kevin')
    await page.getByRole('textbox', { name: 'Write something…' }).fill(text)
    await page.getByRole('textbox', { name: 'Write something…' }).press('Control+Enter')
  }
  await write('my first')
  await page.locator('article', { hasText: 'my first' }).waitFor()
  await until('nothing to be on its way', async () => (await page.locator('[part=outgoing]').count()) === 0)
  // The server stores it, and the answer is lost on the way: the same id is sent again.
  let lost = 0
  await page.route('**/items', async (route) => {
    if (route.request().method() !== 'POST' || lost > 0) return route.continue()
    lost += 1
    await route.fetch()
    await route.abort()
  })
  await write('my second')
  await page.locator('article', { hasText: 'my second' }).waitFor()
  await until(
    'nothing to be on its way again',
    async () => (await page.locator('[part=outgoing]').count()) === 0,
  )
  expect(lost).toBe(1)
  await page.unroute('**/items')
  await page.context().setOffline(true)
  await write('my third')
  await page.locator('[part=outgoing][data-state=failed]').waitFor()
  await page.context().setOffline(false)
  await page.locator('[part=outgoing]').getByRole('button', { name: 'Try again' }).click()
  await page.locator('article', { hasText: 'my third' }).waitFor()
  expect(await texts(page)).toEqual(['my third', 'my second', 'my first', 'item 1'])
})

test('FEED9 goes from article to article with Page Down and Page Up', async () => {
  const { room } = await stage.filledRoom(5)
  const { page } = await stage.visit(feed(room))
  const rows = page.locator('article')
  await rows.first().focus()
  await page.keyboard.press('PageDown')
  await page.keyboard.press('PageDown')
  const focused = () =>
    page.evaluate(() =>
      document.querySelector('halley-feed')?.shadowRoot?.activeElement?.getAttribute('aria-posinset'),
    )
  expect(await focused()).toBe('3')
  await page.keyboard.press('PageUp')
  expect(await focused()).toBe('2')
})
