import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { halley } from '../parts/command-line.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { until } from '../parts/until.ts'
import { texts, widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()
const feed = (room: string, data = {}) => plainPage(tag(stage.server.url, room, data))

/** Where a row stands in the view, to a fraction of a pixel. */
const topOf = (page: Page, text: string) =>
  page
    .locator('article', { hasText: text })
    .first()
    .evaluate((row) => row.getBoundingClientRect().top)

/** Every layout shift from now on, added up. */
const watchShifts = (page: Page) =>
  page.evaluate(() => {
    const state = window as unknown as { shifts: number }
    state.shifts = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) state.shifts += (entry as unknown as { value: number }).value
    }).observe({ type: 'layout-shift' })
  })
const shifts = (page: Page) => page.evaluate(() => (window as unknown as { shifts: number }).shifts)

/** The composer is there, and what moved aside for it has come to rest. */
const atRest = async (page: Page) => {
  await page.getByRole('button', { name: 'Post' }).waitFor()
  await until('all movement to end', () =>
    page.evaluate(
      () =>
        !document.querySelector('halley-feed')?.shadowRoot?.querySelector<HTMLElement>('[role=feed]')?.style
          .transform,
    ),
  )
}

const pill = (page: Page) => page.locator('[part=pill]')

test('FEED1 shows the newest page, and what is posted from then on above it', async () => {
  const { room, ada } = await stage.filledRoom(2)
  const { page } = await stage.visit(feed(room))
  await page.getByText('item 2').waitFor()
  await ada.post('item 3')
  await page.getByText('item 3').waitFor()
  expect(await texts(page)).toEqual(['item 3', 'item 2', 'item 1'])
})

test('FEED2 keeps what is being read where it is while items arrive, and leads to them by the pill', async () => {
  const { room, ada } = await stage.filledRoom(40)
  const { page } = await stage.visit(feed(room))
  await page.getByText('item 40', { exact: true }).waitFor()
  await atRest(page)
  await page.mouse.move(2, 2)
  await page.evaluate(() => window.scrollTo(0, 1200))
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  )
  const before = await topOf(page, 'item 20')
  for (let n = 41; n <= 45; n++) await ada.post(`item ${n}`)
  await until('the pill to count five', async () => (await pill(page).innerText()).includes('5'))
  expect(Math.abs((await topOf(page, 'item 20')) - before)).toBeLessThanOrEqual(1)
  expect(await texts(page)).not.toContain('item 41')
  await pill(page).click()
  await page.getByText('item 45', { exact: true }).waitFor()
  expect((await texts(page)).slice(0, 6)).toEqual([45, 44, 43, 42, 41, 40].map((n) => `item ${n}`))
  await until('the newest item to be in view', async () => (await topOf(page, 'item 45')) > 0)
  expect(await pill(page).count()).toBe(0)
})

test('FEED3 edits and removes in place, without moving what is being read, also behind the pill', async () => {
  const made = await stage.filledRoom(40)
  const { room, ada } = made
  const { page } = await stage.visit(feed(room))
  await page.getByText('item 40', { exact: true }).waitFor()
  await atRest(page)
  await page.evaluate(() => window.scrollTo(0, 1200))
  const before = await topOf(page, 'item 20')
  const idOf = (text: string) => ada.accepted.find((each) => each.text === text)?.id ?? ''
  await stage.moderate(made, idOf('item 38'), 'PATCH', '', { text: 'longer\n\n'.repeat(6) })
  await stage.moderate(made, idOf('item 36'), 'DELETE')
  await until('the edit to be drawn', async () => (await page.getByText('longer').count()) > 0)
  await until('the removal to be drawn', async () => !(await texts(page)).includes('item 36'))
  expect(Math.abs((await topOf(page, 'item 20')) - before)).toBeLessThanOrEqual(1)
  await ada.post('seen by nobody')
  await ada.post('seen later')
  await until('the pill to count two', async () => (await pill(page).innerText()).includes('2'))
  await stage.moderate(made, idOf('seen by nobody'), 'DELETE')
  await until('the pill to count one', async () => (await pill(page).innerText()).includes('1 '))
  await pill(page).click()
  await page.getByText('seen later').waitFor()
  expect(await texts(page)).not.toContain('seen by nobody')
})

test('FEED4 slides new rows in without a layout shift', async () => {
  const { room, ada } = await stage.filledRoom(30)
  const { page } = await stage.visit(feed(room))
  await page.getByText('item 30', { exact: true }).waitFor()
  await atRest(page)
  await watchShifts(page)
  for (let n = 31; n <= 50; n++) await ada.post(`item ${n}`)
  await page.getByText('item 50', { exact: true }).waitFor()
  await atRest(page)
  expect(await shifts(page)).toBe(0)
})

test('FEED5 is a chat where the newest comes last: it stays at the end, and at its place once the reader left it', async () => {
  const { room, ada } = await stage.filledRoom(60)
  const { page } = await stage.visit(feed(room, { order: 'newest-last', height: '400px' }))
  await page.getByText('item 60', { exact: true }).waitFor()
  const box = page.locator('[style*="overflow-y"]')
  const distance = () => box.evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop)
  await until('the end to be in view', async () => (await distance()) < 30)
  await ada.post('item 61')
  await page.getByText('item 61', { exact: true }).waitFor()
  await until('the end to be in view again', async () => (await distance()) < 30)
  expect((await texts(page)).slice(-2)).toEqual(['item 60', 'item 61'])
  await box.evaluate((box) => box.scrollBy(0, -900))
  await until('the reader to have left the end', async () => (await distance()) > 500)
  const before = await topOf(page, 'item 50')
  await ada.post('item 62')
  await pill(page).waitFor()
  expect(Math.abs((await topOf(page, 'item 50')) - before)).toBeLessThanOrEqual(1)
})

test('FEED27 what somebody was writing is still there when the room was closed for a while', async () => {
  const { room } = await stage.filledRoom(1)
  const { page } = await stage.visit(feed(room))
  const message = page.getByRole('textbox', { name: 'Write something…' })
  await message.fill('I was about to say')
  await halley(stage.server, 'room', 'close', room)
  await page.getByText('This room is closed.').waitFor()
  expect(await message.isVisible()).toBe(false)
  await halley(stage.server, 'room', 'open', room)
  await message.waitFor()
  expect(await message.inputValue()).toBe('I was about to say')
  expect(await page.getByText('This room is closed.').count()).toBe(0)
})
