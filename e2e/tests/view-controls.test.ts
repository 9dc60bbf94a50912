import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { calls, InGallery } from '../gallery/in-gallery.ts'
import { until } from '../parts/until.ts'

let gallery: InGallery

beforeAll(async () => {
  gallery = await InGallery.open()
})
afterAll(() => gallery?.close())

const lastCall = async (page: Page) =>
  (await calls(page)).filter(([name]) => !/^(hold|load)/.test(String(name))).at(-1)
const focused = (page: Page) =>
  page.evaluate(() => document.querySelector('halley-feed')?.shadowRoot?.activeElement?.textContent)
const openMenu = async (page: Page, row = 0) => {
  await page.locator('article').nth(row).focus()
  await page.locator('[part=more]').nth(row).press('Enter')
  await page.getByRole('menuitem').first().waitFor()
}

test('VIEW7 opens an item’s menu by keyboard, moves in it by arrows and gives the focus back', async () => {
  const page = await gallery.see('plain?scene=moderator')
  await openMenu(page)
  expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Copy link', 'Edit', 'Pin', 'Remove'])
  expect(await focused(page)).toBe('Copy link')
  for (const [key, at] of [
    ['ArrowDown', 'Edit'],
    ['ArrowUp', 'Copy link'],
    ['ArrowUp', 'Remove'],
    ['ArrowDown', 'Copy link'],
    ['End', 'Remove'],
    ['Home', 'Copy link'],
  ] as const) {
    await page.keyboard.press(key)
    expect(await focused(page), key).toBe(at)
  }
  await page.keyboard.press('Escape')
  await page.getByRole('menu').waitFor({ state: 'detached' })
  expect(
    await page.evaluate(() => document.querySelector('halley-feed')?.shadowRoot?.activeElement?.ariaLabel),
  ).toBe('More')
  await page.close()
})

test('VIEW7 offers a reader the link alone, and a poster what they may do with their own', async () => {
  const page = await gallery.see('plain?scene=own')
  await openMenu(page, 1)
  expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Copy link'])
  await page.keyboard.press('Escape')
  await openMenu(page, 0)
  expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Copy link', 'Edit', 'Remove'])
  await page.close()
})

test('VIEW8 asks a poster, who cannot bring it back, before it removes their own', async () => {
  const page = await gallery.see('plain?scene=own')
  await openMenu(page, 0)
  await page.getByRole('menuitem', { name: 'Remove' }).press('Enter')
  expect(await lastCall(page)).toBeUndefined()
  expect(await focused(page)).toBe('Remove for good?')
  await page.keyboard.press('Enter')
  expect(await lastCall(page)).toEqual([
    'remove',
    await page.locator('article').first().getAttribute('data-id'),
  ])
  await page.close()
})

test('VIEW8 a moderator removes, restores, pins and edits at the item', async () => {
  const page = await gallery.see('plain?scene=moderator')
  const id = (row: number) => page.locator('article').nth(row).getAttribute('data-id')
  for (const [words, action, undo] of [
    ['Remove', 'remove', 'restore'],
    ['Pin', 'pin', 'unpin'],
  ] as const) {
    await openMenu(page)
    await page.getByRole('menuitem', { name: words }).press('Enter')
    expect(await lastCall(page)).toEqual([action, await id(0)])
    await page.getByRole('button', { name: 'Undo' }).press('Enter')
    expect(await lastCall(page)).toEqual([undo, await id(0)])
  }
  await page.getByRole('button', { name: 'Restore' }).press('Enter')
  expect(await lastCall(page)).toEqual(['restore', await id(2)])
  await openMenu(page)
  await page.getByRole('menuitem', { name: 'Edit' }).press('Enter')
  const field = page.getByRole('textbox', { name: 'Edit' })
  await expect.poll(() => field.inputValue()).toContain('Fairing separation')
  await field.fill('Another text')
  await field.press('Control+Enter')
  await field.waitFor({ state: 'detached' })
  const edited = (await lastCall(page)) as unknown[]
  expect(edited.slice(0, 3)).toEqual(['edit', await id(0), 'Another text'])
  await page.getByRole('button', { name: 'Undo' }).press('Enter')
  const undone = (await lastCall(page)) as string[]
  expect(undone.slice(0, 2)).toEqual(['edit', await id(0)])
  expect(undone[2]).toContain('Fairing separation')
  await page.close()
})

test('VIEW8 leaves an item as it was on Escape', async () => {
  const page = await gallery.see('plain?scene=moderator')
  await openMenu(page)
  await page.getByRole('menuitem', { name: 'Edit' }).press('Enter')
  await page.getByRole('textbox', { name: 'Edit' }).fill('Another text')
  await page.keyboard.press('Escape')
  await page.getByText('Fairing separation').waitFor()
  expect(await lastCall(page)).toBeUndefined()
  await page.close()
})

test('VIEW9 copies the address of an item and says so in the status', async () => {
  const page = await gallery.see('plain?scene=talk', { permissions: ['clipboard-read', 'clipboard-write'] })
  await openMenu(page)
  await page.keyboard.press('Enter')
  await page.getByRole('status').getByText('Link copied').waitFor()
  const id = await page.locator('article').first().getAttribute('data-id')
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(new RegExp(`#halley-${id}$`))
  await page.close()
})

test('VIEW10 posts with Control and Enter under a name that is remembered', async () => {
  const page = await gallery.see('plain?scene=composer')
  const [name, text] = [
    page.getByRole('textbox', { name: 'Your name' }),
    page.getByRole('textbox', { name: 'Write' }),
  ]
  const post = page.getByRole('button', { name: 'Post' })
  await text.fill('   ')
  await name.fill(' Ada ')
  expect(await post.isDisabled()).toBe(true)
  await text.fill('Hello 🚀')
  await text.press('Control+Enter')
  expect(await lastCall(page)).toEqual(['post', 'Hello 🚀', 'Ada'])
  expect(await text.inputValue()).toBe('')
  await page.reload()
  expect(await name.inputValue()).toBe('Ada')
  await page.close()
})

test('VIEW10 names the keys that post only to those who have keys', async () => {
  const page = await gallery.see('plain?scene=composer', { hasTouch: true, isMobile: true })
  expect(await page.locator('[part=hint]').innerText()).toBe('')
  await page.close()
})

test('VIEW10 counts characters as people do near the limit, and posts nothing above it', async () => {
  const page = await gallery.see('plain?scene=composer&named')
  const text = page.getByRole('textbox', { name: 'Write' })
  await text.fill('x'.repeat(1800))
  expect(await page.locator('[part=hint]').innerText()).toBe('Ctrl + Enter posts')
  await text.fill('🚀'.repeat(1999))
  expect(await page.locator('[part=hint]').innerText()).toBe('1 character left')
  await text.fill('🚀'.repeat(2002))
  expect(await page.locator('[part=hint]').innerText()).toBe('2 characters too many')
  await text.press('Control+Enter')
  expect(await lastCall(page)).toBeUndefined()
  await page.close()
})

test('VIEW11 says how each post of one’s own stands, why it failed and what can be done', async () => {
  const page = await gallery.see('plain?scene=composer')
  expect(await page.locator('[part=outgoing] footer').allInnerTexts()).toEqual([
    'Sending…',
    'Waiting for a moderator',
    'Not sent: no connection.\nTry again\nDiscard',
    'Not sent: that name is reserved.\nDiscard',
  ])
  await page.getByRole('button', { name: 'Try again' }).click()
  expect(await lastCall(page)).toEqual(['retry', 'Greetings from the tracking ship!'])
  await page.getByRole('button', { name: 'Discard' }).last().click()
  expect(await lastCall(page)).toEqual(['discard', 'I am the admin'])
  await page.close()
})

test('VIEW12 says why there is nothing to write in', async () => {
  const closed = await gallery.see('plain?scene=closed')
  await closed.getByText('This room is closed.').waitFor()
  await closed.close()
  const page = await gallery.see('plain?scene=signed-out')
  await page.getByRole('button', { name: 'Sign in' }).click()
  expect(await lastCall(page)).toEqual(['login'])
  await page.close()
})

test.each([
  ['offline', 'You are offline.'],
  ['reconnecting', 'Reconnecting…'],
  ['loading', 'Connecting…'],
  ['failed', 'No such room.'],
  ['sign-in', 'Please sign in.'],
  ['talk', ''],
])('VIEW13 says in the one polite status how the connection of the scene "%s" is', async (scene, words) => {
  const page = await gallery.see(`plain?scene=${scene}`)
  expect(await page.getByRole('status').count()).toBe(1)
  expect(await page.getByRole('status').innerText()).toBe(words)
  expect(await page.locator('halley-feed [aria-live]').count()).toBe(0)
  await page.close()
})

test('VIEW14 the pill says how many wait and shows them', async () => {
  const page = await gallery.see('plain?scene=pill')
  await page.getByRole('button', { name: '3 new items' }).click()
  await until('the feed to be asked', async () => (await lastCall(page))?.[0] === 'showNewest')
  await page.close()
})
