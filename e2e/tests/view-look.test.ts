import { afterAll, beforeAll, expect, test } from 'vitest'
import { contrast } from '../gallery/contrast.ts'
import { InGallery } from '../gallery/in-gallery.ts'

let gallery: InGallery

beforeAll(async () => {
  gallery = await InGallery.open()
})
afterAll(() => gallery?.close())

const PARTS = [
  '[part=author]',
  '[part=time]',
  '[part=role]',
  '[part=body] p',
  '[part=body] a',
  '[part=body] code',
  '[part=pill]',
  '[part=pinned]',
]

test.each(['plain', 'dark', 'news', 'navy', 'plain?theme=dark', 'dark?theme=light', 'bare', 'unset'])(
  'VIEW3 every text of a feed on the page "%s" has a contrast of 4.5 at least',
  async (host) => {
    const page = await gallery.see(`${host}${host.includes('?') ? '&' : '?'}scene=pill`)
    for (const part of PARTS) expect(await contrast(page, part), part).toBeGreaterThanOrEqual(4.5)
    await page.close()
  },
)

test.each(['plain', 'dark', 'navy', 'plain?theme=dark'])(
  'VIEW3 so has every text of the controls on the page "%s"',
  async (host) => {
    const page = await gallery.see(`${host}${host.includes('?') ? '&' : '?'}scene=composer`)
    await page.getByRole('textbox', { name: 'Your name' }).fill('Ada')
    await page.getByRole('textbox', { name: 'Write' }).fill('Hello')
    for (const part of [
      '[part~=primary]',
      '[part=state]',
      '[data-state=failed] [part=state]',
      '[part=hint]',
    ]) {
      expect(await contrast(page, part), part).toBeGreaterThanOrEqual(4.5)
    }
    await page.locator('[part=more]').first().click()
    expect(await contrast(page, '[role=menuitem]')).toBeGreaterThanOrEqual(4.5)
    await page.close()
  },
)

test('VIEW4 takes the page’s font and text colour, and an owner’s variables before them', async () => {
  const page = await gallery.see('news?scene=talk')
  const style = (name: string) =>
    page
      .locator('[part=body]')
      .first()
      .evaluate((body, property) => getComputedStyle(body).getPropertyValue(property), name)
  expect(await style('font-family')).toMatch(/^Georgia/)
  expect(await style('font-size')).toBe('18px')
  expect(await style('color')).toBe('rgb(43, 38, 32)')
  await page
    .locator('halley-feed')
    .evaluate((feed) => feed.style.setProperty('--halley-text', 'rgb(1, 2, 3)'))
  expect(await style('color')).toBe('rgb(1, 2, 3)')
  await page.close()
})

test('VIEW4 an asked-for theme brings its own ground, whatever the page is', async () => {
  const ground = async (address: string) => {
    const page = await gallery.see(address)
    const color = await page.locator('[part=root]').evaluate((root) => getComputedStyle(root).backgroundColor)
    await page.close()
    return color
  }
  expect(await ground('dark?scene=talk&theme=light')).toBe('rgb(255, 255, 255)')
  expect(await ground('plain?scene=talk&theme=dark')).toBe('rgb(18, 18, 18)')
  expect(await ground('plain?scene=talk')).toBe('rgba(0, 0, 0, 0)')
  expect(await ground('plain?scene=talk&theme=unknown')).toBe('rgba(0, 0, 0, 0)')
})

test('VIEW4 a theme that the page changes is taken at once', async () => {
  const page = await gallery.see('plain?scene=talk&theme=dark')
  await page.locator('halley-feed').evaluate((feed) => feed.setAttribute('data-theme', 'light'))
  const color = await page.locator('[part=root]').evaluate((root) => getComputedStyle(root).backgroundColor)
  expect(color).toBe('rgb(255, 255, 255)')
  await page.close()
})

test('VIEW5 reads from right to left in Arabic, with each text in its own direction', async () => {
  const page = await gallery.see('plain?scene=talk&lang=ar')
  const item = page.locator('article').first()
  const [row, author, more] = await Promise.all(
    ['', '[part=author]', '[part=more]'].map((part) => (part ? item.locator(part) : item).boundingBox()),
  )
  if (!row || !author || !more) throw new Error('nothing is drawn')
  expect(author.x + author.width / 2).toBeGreaterThan(row.x + row.width / 2)
  expect(more.x + more.width / 2).toBeLessThan(row.x + row.width / 2)
  const directions = await page
    .locator('[part=body] > p:first-child')
    .evaluateAll((texts) => texts.map((text) => getComputedStyle(text).direction))
  expect(directions.filter((direction) => direction === 'rtl')).toHaveLength(1)
  await page.close()
})

test.each(['long-words', 'talk', 'moderator', 'composer'])(
  'VIEW6 nothing of the scene "%s" is wider than a phone of 320 pixels',
  async (scene) => {
    const page = await gallery.see(`plain?scene=${scene}`, { viewport: { width: 320, height: 700 } })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
    // Asked of every element, because the feed cuts off what is too wide.
    const widest = await page
      .locator('halley-feed :not(pre, pre *)')
      .evaluateAll((all) =>
        Math.max(...all.map((one) => Math.max(one.getBoundingClientRect().right, one.scrollWidth))),
      )
    expect(widest).toBeLessThanOrEqual(320)
    const [code] = await page.locator('pre').all()
    if (code) expect(await code.evaluate((pre) => pre.scrollWidth > pre.clientWidth)).toBe(true)
    await page.close()
  },
)
