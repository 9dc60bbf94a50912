import { afterAll, beforeAll, expect, test } from 'vitest'
import { InGallery } from '../gallery/in-gallery.ts'

let gallery: InGallery

beforeAll(async () => {
  gallery = await InGallery.open()
})
afterAll(() => gallery?.close())

test.each(['talk', 'moderator', 'composer', 'pill', 'long-words'])(
  'VIEW15 everything in the scene "%s" that can be used has a name, and ids are named once',
  async (scene) => {
    const page = await gallery.see(`plain?scene=${scene}`)
    if (scene === 'moderator') await page.locator('[part=more]').first().click()
    const found = await page.evaluate(() => {
      const root = document.querySelector('halley-feed')?.shadowRoot as ShadowRoot
      const ids = [...root.querySelectorAll('[id]')].map(({ id }) => id)
      const pointing = [...root.querySelectorAll('[aria-labelledby], [aria-describedby]')]
      const pointed = pointing.flatMap((one) => [
        one.getAttribute('aria-labelledby') ?? '',
        one.getAttribute('aria-describedby') ?? '',
      ])
      const usable = [
        ...root.querySelectorAll<HTMLElement>('button, a[href], input, textarea, nav, [role=feed]'),
      ]
      const nameless = usable.filter((one) => !(one.ariaLabel || one.textContent?.trim()))
      return {
        nameless: nameless.map((one) => one.outerHTML),
        twice: ids.filter((id, at) => ids.indexOf(id) !== at),
        nowhere: pointed.filter((id) => id && !ids.includes(id)),
      }
    })
    expect(found).toEqual({ nameless: [], twice: [], nowhere: [] })
    await page.close()
  },
)

test('VIEW15 is a feed of articles that can be focused and are named by their author', async () => {
  const page = await gallery.see('plain?scene=talk')
  const articles = page.getByRole('feed').getByRole('article')
  expect(await articles.count()).toBe(10)
  expect(await page.getByRole('article', { name: 'Priya Raman' }).getAttribute('aria-setsize')).toBe('-1')
  await articles.first().focus()
  expect(await articles.first().evaluate((one) => getComputedStyle(one).outlineStyle)).toBe('solid')
  await page.close()
})

test('VIEW15 what can be pressed is 24 pixels in each direction at least', async () => {
  const page = await gallery.see('plain?scene=composer', {
    viewport: { width: 320, height: 700 },
    hasTouch: true,
  })
  for (const button of await page.locator('halley-feed button').all()) {
    const box = await button.boundingBox()
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24)
  }
  await page.close()
})

test('VIEW16 says times in the reader’s own variety of the language', async () => {
  const page = await gallery.see('plain?scene=talk', { locale: 'en-GB', timezoneId: 'Europe/London' })
  const times = page.locator('article time')
  expect(await times.nth(7).innerText()).toBe('14:21')
  expect(await times.nth(1).getAttribute('title')).toMatch(/^Saturday,? 14 March 2026 at 15:24$/)
  await page.close()
})

test('VIEW16 keeps the times true while the feed is there', async () => {
  const page = await gallery.see('plain?scene=talk&clock', {}, (page) =>
    page.clock.install({ time: '2026-03-14T15:26:53Z' }),
  )
  const time = page.locator('article time').nth(1)
  expect(await time.innerText()).toBe('2 min. ago')
  await page.clock.runFor('03:00')
  expect(await time.innerText()).toBe('5 min. ago')
  await page.close()
})

test('VIEW17 keeps a mistake of its own inside the feed, with a way on', async () => {
  const page = await gallery.see('plain?scene=broken')
  await page.getByText('Something went wrong.').waitFor()
  await page.getByRole('button', { name: 'Try again' }).waitFor()
  await page.close()
})
