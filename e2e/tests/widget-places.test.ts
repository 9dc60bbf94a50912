import type { Page, Request } from 'playwright-core'
import { expect, test } from 'vitest'
import { halley } from '../parts/command-line.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { until } from '../parts/until.ts'
import { texts, widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()
const feed = (room: string, data = {}) => plainPage(tag(stage.server.url, room, data))
const pill = (page: Page) => page.locator('[part=pill]')
const topOf = (page: Page, text: string) =>
  page
    .locator('article')
    .filter({ has: page.getByText(text, { exact: true }) })
    .evaluate((row) => row.getBoundingClientRect().top)
const frames = (page: Page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
/** Where an item is once nothing slides any more. */
const restOf = async (page: Page, text: string) => {
  let top = Number.NaN
  await until('what moved to come to rest', async () => {
    const before = top
    await frames(page)
    await frames(page)
    top = await topOf(page, text)
    return top === before
  })
  return top
}
/** Older items are asked for and do not come until what it gives is called. */
const holdOlder = async (page: Page) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  await page.route('**/items?before=*', async (route) => {
    await promise
    await route.continue()
  })
  return resolve
}
const numbers = async (page: Page) => (await texts(page)).map((text) => Number(text.replace('item ', '')))
/** Whether each is the one before less one: nothing is missing and nothing twice. */
const unbroken = (all: readonly number[]) => all.every((n, at) => at === 0 || n === (all[at - 1] ?? 0) - 1)

test('FEED2 moves nothing under a resting mouse while items stream in, and goes on once it has left', async () => {
  const { room, ada } = await stage.filledRoom(12)
  const { page } = await stage.visit(feed(room))
  await page.getByText('item 12', { exact: true }).waitFor()
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  await page.getByRole('button', { name: 'Post' }).waitFor()
  // Not "hover", which scrolls where the row was still sliding: a reader who has scrolled is another matter.
  const { x, y } = (await page.locator('[role=feed]').boundingBox()) as { x: number; y: number }
  await page.mouse.move(x + 100, y + 100)
  // The first ones show that the room is not quiet; from then on the mouse holds the rest back.
  let n = 12
  await until('items to wait under the mouse', async () => {
    n += 1
    await ada.post(`item ${n}`)
    return (await pill(page).count()) > 0
  })
  await frames(page)
  const shown = await texts(page)
  const newest = shown[0] as string
  const before = await restOf(page, newest)
  await ada.post(`item ${n + 1}`)
  await until('the pill to count it', async () => {
    const waiting = Number((await pill(page).innerText()).replace(/\D/g, ''))
    return waiting === n + 1 - Number(newest.replace('item ', ''))
  })
  expect(await texts(page)).toEqual(shown)
  expect(await topOf(page, newest)).toBe(before)
  await page.mouse.move(2, 2)
  await page.getByText(`item ${n + 1}`, { exact: true }).waitFor()
  await until('nothing to wait', async () => (await pill(page).count()) === 0)
  expect(unbroken(await numbers(page))).toBe(true)
})

test('FEED15 does not lay an older page, asked for elsewhere, below the newest items', async () => {
  const { room, ada } = await stage.filledRoom(170)
  const { page } = await stage.visit(feed(room), { hash: `#halley-${ada.accepted[49]?.id}` })
  await page.getByText('item 50', { exact: true }).waitFor()
  const release = await holdOlder(page)
  let asked: Request | undefined
  page.on('request', (request) => {
    if (request.url().includes('before=')) asked ??= request
  })
  await until('older items to be asked for', async () => {
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
    return asked
  })
  await pill(page).click()
  await page.getByText('item 170', { exact: true }).waitFor()
  const answered = page.waitForResponse((response) => response.request() === asked)
  release()
  await (await answered).finished()
  await page.unroute('**/items?before=*')
  await until('the first item to be there', async () => {
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
    return (await page.getByText('item 1', { exact: true }).count()) > 0
  })
  expect(await numbers(page)).toEqual(Array.from({ length: 170 }, (_, n) => 170 - n))
})

test('FEED16 is still at the item that was being read when the room has to be read anew', async () => {
  const { room, ada } = await stage.filledRoom(130)
  const { page } = await stage.visit(feed(room))
  await page.getByText('item 130', { exact: true }).waitFor()
  await until('item 60 to be there', async () => {
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
    return (await page.getByText('item 60', { exact: true }).count()) > 0
  })
  const row = page.getByText('item 60', { exact: true })
  await row.evaluate((row) => row.scrollIntoView({ block: 'start' }))
  const before = await restOf(page, 'item 60')
  const around = page.waitForResponse((response) => response.url().includes('around='))
  await halley(stage.server, 'epoch', 'renew', room)
  await around
  await until('the way to the newest to be offered', async () => (await pill(page).count()) > 0)
  expect(Math.abs((await restOf(page, 'item 60')) - before)).toBeLessThanOrEqual(1)
  await ada.post('item 131')
  await until('the pill to count it', async () => (await pill(page).innerText()).includes('1 '))
  await pill(page).click()
  await page.getByText('item 131', { exact: true }).waitFor()
  expect(unbroken(await numbers(page))).toBe(true)
})

test('FEED19 stays at the end of a small feed, where nothing but "loading" is in view, when older items come', async () => {
  const { room } = await stage.filledRoom(130)
  // What remains of it below the composer is less than the height of what stands at the end.
  const { page } = await stage.visit(feed(room, { height: '240px' }))
  await page.getByText('item 130', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Post' }).waitFor()
  const release = await holdOlder(page)
  const box = page.locator('[style*="overflow-y"]')
  const asked = page.waitForRequest('**/items?before=*')
  await box.evaluate((box) => box.scrollTo(0, box.scrollHeight))
  await asked
  await until('no item to be in view', () =>
    box.evaluate((box) => {
      box.scrollTo(0, box.scrollHeight)
      const last = [...box.querySelectorAll('article')].at(-1) as HTMLElement
      return last.getBoundingClientRect().bottom <= box.getBoundingClientRect().top
    }),
  )
  const before = await restOf(page, 'item 81')
  release()
  await page.getByText('item 80', { exact: true }).waitFor({ state: 'attached' })
  expect(Math.abs((await restOf(page, 'item 81')) - before)).toBeLessThanOrEqual(1)
})

test('FEED20 leaves a page where it is while its reader is below the feed, whatever becomes of the items', async () => {
  const made = await stage.filledRoom(20)
  const { room, ada } = made
  const more = '<p id="end" style="margin-top:3000px">The end of the page</p>'
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room) + more))
  await page.getByText('item 20', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Post' }).waitFor()
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
  await frames(page)
  const end = page.locator('#end')
  const place = () => end.evaluate((end) => end.getBoundingClientRect().top)
  const before = await place()
  await stage.moderate(made, ada.accepted[9]?.id ?? '', 'PATCH', '', { text: 'edited meanwhile' })
  await page.getByText('edited meanwhile').waitFor({ state: 'attached' })
  for (const { id } of ada.accepted.slice(0, 3)) await stage.moderate(made, id, 'DELETE')
  await until('the removals', async () => (await page.getByText('item 1', { exact: true }).count()) === 0)
  await frames(page)
  expect(Math.abs((await place()) - before)).toBeLessThanOrEqual(1)
})

test('CONN12 follows one room for two feeds that are at different places in it', async () => {
  const { room, ada } = await stage.filledRoom(130)
  const script = `<script async src="${stage.server.url}/halley.js"></script>`
  const both = ['one', 'two'].map((id) => `<halley-feed id="${id}" room="${room}" data-height="300px">`)
  const { page, asked } = await stage.visit(
    plainPage(`${both.join('</halley-feed>')}</halley-feed>${script}`),
  )
  const inFeed = (id: string, text: string) => page.locator(`#${id}`).getByText(text, { exact: true })
  await inFeed('one', 'item 130').waitFor()
  await inFeed('two', 'item 130').waitFor()
  await until('the second to be in the past', async () => {
    await page.locator('#two [style*="overflow-y"]').evaluate((box) => box.scrollTo(0, box.scrollHeight))
    return (await inFeed('two', 'item 1').count()) > 0
  })
  await page.evaluate(() => {
    const one = document.querySelector('#one') as HTMLElement
    Object.assign(window, { one })
    one.remove()
  })
  for (const n of [131, 132]) await ada.post(`item ${n}`)
  await until('the second to count both', async () => (await pill(page).innerText()).includes('2'))
  // The first is two items behind what the connection has told.
  await page.evaluate(() => document.body.prepend((window as unknown as { one: HTMLElement }).one))
  await inFeed('one', 'item 132').waitFor()
  await ada.post('item 133')
  await inFeed('one', 'item 133').waitFor()
  await until('the second to count three', async () => (await pill(page).innerText()).includes('3'))
  const firstRows = await page.locator('#one article [part=body]').allTextContents()
  expect(firstRows.slice(0, 4)).toEqual(['item 133', 'item 132', 'item 131', 'item 130'])
  expect(asked.filter((address) => address.endsWith('/v1/socket')).length).toBe(1)
})

test('CONN12 reads the room anew for the one feed that was away when its epoch changed, and goes on for the other', async () => {
  const { room, ada } = await stage.filledRoom(20)
  const script = `<script async src="${stage.server.url}/halley.js"></script>`
  const both = ['one', 'two'].map((id) => `<halley-feed id="${id}" room="${room}" data-height="300px">`)
  const { page } = await stage.visit(plainPage(`${both.join('</halley-feed>')}</halley-feed>${script}`))
  const live = () => page.locator('[part=bar][data-state=live]').count()
  await until('both to be live', async () => (await live()) === 2)
  await page.evaluate(() => {
    const one = document.querySelector('#one') as HTMLElement
    Object.assign(window, { one })
    one.remove()
  })
  const anew = page.waitForResponse((response) => response.url().includes('/items'))
  await halley(stage.server, 'epoch', 'renew', room)
  await anew
  await page.evaluate(() => document.body.prepend((window as unknown as { one: HTMLElement }).one))
  await until('both to be live again', async () => (await live()) === 2)
  await ada.post('after it')
  await until('both to show it', async () => (await page.getByText('after it').count()) === 2)
})

test('FEED24 a feed that is given another room shows nothing of the one before', async () => {
  const one = await stage.filledRoom(1)
  const other = await stage.filledRoom(2)
  const { page } = await stage.visit(feed(one.room))
  const message = page.getByRole('textbox', { name: 'Write something…' })
  await message.fill('on its way')
  await page.getByRole('textbox', { name: 'Your name' }).fill('Kevin')
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await page.route(`**/${one.room}/items`, async (route) => {
    await released
    await route.continue()
  })
  await message.press('Control+Enter')
  await message.fill('for the first room')
  await page.evaluate(
    (room) => document.querySelector('halley-feed')?.setAttribute('data-room', room),
    other.room,
  )
  await page.getByText('item 2').waitFor()
  await message.waitFor()
  expect(await message.inputValue()).toBe('')
  const answered = page.waitForResponse((response) => response.request().method() === 'POST')
  release()
  await answered
  await frames(page)
  await frames(page)
  expect(await texts(page)).toEqual(['item 2', 'item 1'])
  await other.ada.post('item 3')
  await page.getByText('item 3').waitFor()
  expect(await texts(page)).toEqual(['item 3', 'item 2', 'item 1'])
})

test('FEED25 a feed that comes late does not draw the reader to it', async () => {
  const { room } = await stage.filledRoom(3)
  const rest = '<p id="later" style="margin:40px 0 3000px">What the reader came for</p>'
  const html = plainPage(tag(stage.server.url, room)).replace('</body>', `${rest}</body>`)
  const { page } = await stage.visit(html, { hash: '#later' })
  const top = () => page.locator('#later').evaluate((line) => line.getBoundingClientRect().top)
  await page.locator('article').first().waitFor({ state: 'attached' })
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  // The browser leads to the fragment when it gets to it; from then on nobody leads away.
  await until('what the reader came for', async () => Math.abs(await top()) < 2)
  await frames(page)
  expect(Math.abs(await top())).toBeLessThan(2)
})

test('FEED26 a pin leads to its item each time that it is pressed', async () => {
  const made = await stage.filledRoom(30)
  const items = `${stage.server.url}/v1/rooms/${made.room}/items?limit=50`
  const all = (await (await fetch(items)).json()).items as { id: string; text: string }[]
  const first = all.find(({ text }) => text === 'item 1') as { id: string }
  await stage.moderate(made, first.id, 'POST', '/pin', {})
  const { page } = await stage.visit(feed(made.room))
  const pin = page.locator('[part=pin]')
  const isInView = () =>
    page
      .locator('article', { hasText: 'item 1' })
      .last()
      .evaluate((row) => {
        const { top, bottom } = row.getBoundingClientRect()
        return top >= 0 && bottom <= innerHeight
      })
  for (let time = 0; time < 2; time += 1) {
    await pin.click()
    await until('the item to be in view', isInView)
    await page.evaluate(() => scrollTo(0, 0))
    await until('it to be out of view again', async () => !(await isInView()))
  }
})
