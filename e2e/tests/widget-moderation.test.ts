import { randomBytes, randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { halley } from '../parts/command-line.ts'
import { plainPage, tag } from '../parts/host-page.ts'
import { until } from '../parts/until.ts'
import { texts, widgetStage } from '../parts/widget-stage.ts'

const stage = widgetStage()

/** What the page of somebody who is signed in says before the tag. */
async function signedIn(room: string, ...who: string[]): Promise<string> {
  const site = room.split('/')[0] as string
  await halley(stage.server, 'secret', 'create', site, '--allow-roles')
  const jwt = await halley(stage.server, 'token', 'create', site, ...who)
  return `window.halley = { getToken: () => ${JSON.stringify(jwt)} }`
}

const asInes = (room: string) => signedIn(room, '--sub', 'ines', '--name', 'Ines', '--role', 'moderator')

test('MOD9 a moderator lets through what they have read, and nothing that it became meanwhile', async () => {
  const { room, moderator } = await stage.room()
  await halley(stage.server, 'room', 'update', room, '--hold-posts')

  const id = randomUUID()
  const items = `${stage.server.url}/v1/rooms/${room}/items`
  const authorization = `Guest ${randomBytes(32).toString('base64url')}`
  const ada = (path: string, method: string, body: object) =>
    fetch(`${items}${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  expect((await ada('', 'POST', { id, text: 'harmless', author: { name: 'Ada' } })).status).toBe(202)

  const { page } = await stage.visit(plainPage(tag(stage.server.url, room)), { before: await asInes(room) })
  const article = page.locator('article', { hasText: 'harmless' })
  await article.getByRole('button', { name: 'More' }).click()
  await page.route('**/release', async (route) => {
    expect((await ada(`/${id}`, 'PATCH', { text: 'an advertisement' })).status).toBe(200)
    await route.continue()
  })
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith('/release')),
    page.getByRole('menuitem', { name: 'Publish' }).click(),
  ])
  expect(answer.status()).toBe(412)
  const item = await fetch(`${items}/${id}?view=staff`, { headers: { authorization: moderator } })
  expect(await item.json()).toMatchObject({ text: 'an advertisement', held: true })
})

test('FEED21 has what arrives wait while the menu of an item is open, and while it is edited', async () => {
  const { room, ada } = await stage.filledRoom(3)
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room)), { before: await asInes(room) })
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  const pill = page.locator('[part=pill]')
  await page.locator('article', { hasText: 'item 3' }).getByRole('button', { name: 'More' }).click()
  const edit = page.getByRole('menuitem', { name: 'Edit' })
  await edit.waitFor()
  await ada.post('while the menu is open')
  await pill.filter({ hasText: '1' }).waitFor()
  await edit.click()
  await page.getByRole('textbox', { name: 'Edit' }).waitFor()
  await ada.post('while it is edited')
  await pill.filter({ hasText: '2' }).waitFor()
  expect(await texts(page)).toEqual(['item 3', 'item 2', 'item 1'])
  await page.keyboard.press('Escape')
  await page.getByText('while it is edited').waitFor()
  expect(await texts(page)).toEqual([
    'while it is edited',
    'while the menu is open',
    'item 3',
    'item 2',
    'item 1',
  ])
})

test('FEED22 a menu that is opened while items slide in stays at its item', async () => {
  const { room, ada } = await stage.filledRoom(3)
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room)))
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  const more = page.locator('article').first().getByRole('button', { name: 'More' })
  // Once, so that what draws it is there.
  await more.click()
  await page.getByRole('menu').waitFor()
  await page.keyboard.press('Escape')
  const opened = page.evaluate(async () => {
    const root = document.querySelector('halley-feed')?.shadowRoot as ShadowRoot
    const sliding = () => root.querySelector<HTMLElement>('[role=feed]')?.style.transform
    while (!sliding()) await new Promise(requestAnimationFrame)
    root.querySelectorAll<HTMLElement>('[part=more]')[1]?.click()
  })
  await ada.post('comes sliding')
  await opened
  await page.getByRole('menu').waitFor()
  const apart = () =>
    page.evaluate(async () => {
      const root = document.querySelector('halley-feed')?.shadowRoot as ShadowRoot
      const top = (part: string) => root.querySelector(part)?.getBoundingClientRect().top ?? Number.NaN
      return top('[part=menu]') - top('[aria-expanded=true]')
    })
  const atFirst = await apart()
  await page.waitForFunction(() => {
    const list = document.querySelector('halley-feed')?.shadowRoot?.querySelector<HTMLElement>('[role=feed]')
    return list && !list.style.transform
  })
  expect(await apart()).toBe(atFirst)
  expect(atFirst).toBeGreaterThan(0)
  expect(atFirst).toBeLessThan(60)
})

test.each(['newest-first', 'newest-last'])(
  'FEED21 moves nothing that is being edited, however much arrives, %s',
  async (order) => {
    const { room, ada } = await stage.filledRoom(12)
    const html = plainPage(tag(stage.server.url, room, { order }))
    const { page } = await stage.visit(html, { before: await asInes(room) })
    await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
    await page.locator('article', { hasText: 'item 12' }).getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Edit' }).click()
    const editor = page.getByRole('textbox', { name: 'Edit' })
    await editor.fill('I am still writing this')
    const top = () => editor.evaluate((area) => area.getBoundingClientRect().top)
    const before = await top()
    for (let n = 13; n <= 223; n++) await ada.post(`item ${n}`)
    // More than are kept: the next ones are read as pages, and stand above it.
    await until('newer pages', async () => (await page.locator('article').count()) > 12)
    expect(Math.abs((await top()) - before)).toBeLessThan(2)
    expect(await editor.inputValue()).toBe('I am still writing this')
  },
)

test('MOD10 an edit of what somebody else has changed meanwhile is said to be one, and goes when it is saved again', async () => {
  const made = await stage.filledRoom(1)
  const { room } = made
  const items = `${stage.server.url}/v1/rooms/${room}/items`
  const stored = async () => (await (await fetch(items)).json()).items[0] as { id: string; text: string }
  const { page } = await stage.visit(plainPage(tag(stage.server.url, room)), { before: await asInes(room) })
  await page.locator('article').getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  const editor = page.getByRole('textbox', { name: 'Edit' })
  await until('the text to be there', async () => (await editor.inputValue()) === 'item 1')
  await stage.moderate(made, (await stored()).id, 'PATCH', '', { text: 'by somebody else' })
  await page.getByText('edited', { exact: true }).waitFor()
  await editor.fill('by Ines')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Someone else changed it meanwhile.').waitFor()
  expect((await stored()).text).toBe('by somebody else')
  await page.getByRole('button', { name: 'Save' }).click()
  await editor.waitFor({ state: 'detached' })
  expect((await stored()).text).toBe('by Ines')
})

test('FEED28 does not ask somebody to sign in who is, before it is connected and when the room opens', async () => {
  const { room } = await stage.filledRoom(1)
  await halley(stage.server, 'room', 'update', room, '--posting', 'signed-in')
  const tom = await signedIn(room, '--sub', 'tom', '--name', 'Tom')
  const html = plainPage(tag(stage.server.url, room))
  const message = (page: Page) => page.getByRole('textbox', { name: 'Write something…' })
  const mute = 'WebSocket.prototype.send = () => {}'
  const waiting = await stage.visit(html, { before: `${tom}; ${mute}` })
  await message(waiting.page).waitFor()
  expect(await waiting.page.getByText('Sign in').count()).toBe(0)

  const { page } = await stage.visit(html, { before: tom })
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  const asked = page.getByText('Sign in').waitFor()
  await halley(stage.server, 'room', 'close', room)
  await page.getByText('This room is closed.').waitFor()
  await halley(stage.server, 'room', 'open', room)
  await Promise.race([message(page).waitFor(), asked])
  expect(await page.getByText('Sign in').count()).toBe(0)
})

test('CONN18 a moderator whose next token names no staff goes on as a reader, and sees nothing of the staff', async () => {
  const made = await stage.filledRoom(1)
  const { id } = await made.ada.post('for the staff alone')
  await stage.moderate(made, id, 'POST', '/hold')
  const who = ['--sub', 'ines', '--name', 'Ines']
  const staff = await signedIn(made.room, ...who, '--role', 'moderator', '--seconds', '6')
  const plain = await signedIn(made.room, ...who)
  const turns = 'halley.getToken = () => (turns.shift() ?? later)()'
  const before = `${staff}; const turns = [halley.getToken]; ${plain}; const later = halley.getToken; ${turns}`
  const { page } = await stage.visit(plainPage(tag(stage.server.url, made.room)), { before })
  await page.getByText('for the staff alone').waitFor()
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  await page.getByText('for the staff alone').waitFor({ state: 'detached' })
  await made.ada.post('for everybody')
  await page.getByText('for everybody').waitFor()
  expect(await texts(page)).toEqual(['for everybody', 'item 1'])
})
