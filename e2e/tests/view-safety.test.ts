import { afterAll, beforeAll, expect, test } from 'vitest'
import { InGallery } from '../gallery/in-gallery.ts'

let gallery: InGallery

beforeAll(async () => {
  gallery = await InGallery.open()
})
afterAll(() => gallery?.close())

test('VIEW1 shows markup in every field that somebody can type as the text that it is', async () => {
  const page = await gallery.see('plain?scene=hostile&strict')
  const markup = '<img src=x onerror="hacked=1"><script>hacked=1</script>&amp;'
  // Author, eight places in the body, the pinned strip twice, the outgoing post twice.
  expect(await page.getByText(markup).count()).toBeGreaterThanOrEqual(10)
  expect(await page.getByRole('feed').getAttribute('aria-label')).toBe(markup)
  expect(await page.locator('halley-feed :is(img, script, iframe, style, link, object)').count()).toBe(0)
  expect(await page.evaluate('typeof hacked')).toBe('undefined')
  await page.close()
})

test('VIEW1 makes no link of an address that would run or stay on the page', async () => {
  const page = await gallery.see('plain?scene=hostile')
  const addresses = await page
    .locator('halley-feed a')
    .evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).protocol))
  expect(new Set(addresses)).toEqual(new Set(['http:']))
  expect(await page.locator('[part=body] a').count()).toBe(0)
  await page.close()
})

test('VIEW2 looks the same, to the pixel, on a plain page, under a strict policy and where everything is unset', async () => {
  for (const scene of ['composer', 'moderator', 'pill']) {
    const pictures = []
    for (const host of ['bare', 'bare?strict', 'unset', 'loud']) {
      const page = await gallery.see(`${host}${host.includes('?') ? '&' : '?'}scene=${scene}`)
      pictures.push(await page.screenshot({ animations: 'disabled', caret: 'hide' }))
      await page.close()
    }
    const [bare, strict, unset, loud] = pictures
    expect(strict?.equals(bare as Buffer), `${scene} under a strict policy`).toBe(true)
    expect(loud?.equals(bare as Buffer), `${scene} where the page is loud`).toBe(true)
    expect(unset?.equals(bare as Buffer), `${scene} where everything is unset`).toBe(true)
  }
})

test('VIEW2 asks for nothing that a strict policy refuses', async () => {
  const page = await gallery.see('plain?scene=moderator&strict')
  const refused: string[] = []
  page.on('console', (message) => message.type() === 'error' && refused.push(message.text()))
  await page.locator('[part=more]').first().click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await page.getByRole('textbox', { name: 'Edit' }).waitFor()
  expect(refused).toEqual([])
  await page.close()
})
