import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'
import { findChromium } from '../parts/chromium.ts'
import { CHROMIUM_ARGS } from '../parts/chromium-args.ts'
import { serveGallery } from './serve-gallery.ts'

// node e2e/gallery/shoot.ts FOLDER [name …]: takes the gallery's pictures.
const [folder = 'pictures', ...only] = process.argv.slice(2)
const SHOTS: { readonly [name: string]: readonly [address: string, width: number, height: number] } = {
  desktop: ['plain?scene=talk', 760, 1250],
  phone: ['plain?scene=talk', 320, 1100],
  dark: ['dark?scene=moderator', 760, 1100],
  'theme-dark': ['plain?scene=talk&theme=dark', 760, 900],
  'theme-light': ['dark?scene=talk&theme=light', 760, 900],
  news: ['news?scene=talk', 760, 1250],
  navy: ['navy?scene=composer', 760, 1100],
  unset: ['unset?scene=talk', 760, 1100],
  strict: ['plain?scene=composer&strict', 760, 900],
  arabic: ['plain?scene=moderator&lang=ar', 760, 1100],
  'arabic-phone': ['plain?scene=composer&lang=ar', 320, 1100],
  japanese: ['plain?scene=composer&lang=ja', 760, 700],
  'long-words': ['plain?scene=long-words', 320, 1300],
  empty: ['plain?scene=empty', 760, 400],
  loading: ['plain?scene=loading', 760, 500],
  offline: ['plain?scene=offline', 760, 400],
  reconnecting: ['dark?scene=reconnecting&order=newest-last', 760, 500],
  failed: ['plain?scene=failed', 760, 300],
  'sign-in': ['plain?scene=sign-in', 760, 300],
  moderator: ['plain?scene=moderator', 760, 1100],
  'moderator-menu': ['plain?scene=moderator&menu=1', 760, 700],
  'moderator-edit': ['plain?scene=moderator&edit=1', 760, 700],
  'phone-menu': ['plain?scene=moderator&menu=1', 320, 700],
  pill: ['plain?scene=pill', 760, 500],
  chat: ['plain?scene=composer&order=newest-last', 760, 1500],
  target: ['plain?scene=target', 760, 700],
  composer: ['plain?scene=composer', 760, 900],
  'composer-phone': ['plain?scene=composer&type=1', 320, 900],
  'signed-out': ['plain?scene=signed-out', 760, 300],
  closed: ['plain?scene=closed', 760, 300],
  removed: ['plain?scene=removed', 760, 500],
  edges: ['plain?scene=edges', 760, 1300],
}

const gallery = await serveGallery()
for (const [name, text] of gallery.files) console.log(name, text.length, gzipSync(text, { level: 9 }).length)
mkdirSync(folder, { recursive: true })
const browser = await chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_ARGS })
try {
  for (const [name, [address, width, height]] of Object.entries(SHOTS)) {
    if (only.length > 0 && !only.includes(name)) continue
    const page = await browser.newPage({
      viewport: { width, height },
      deviceScaleFactor: width < 400 ? 2 : 1,
    })
    page.on('console', (message) => message.type() === 'error' && console.log(name, message.text()))
    page.on('pageerror', (error) => console.log(name, error.message))
    await page.goto(`${gallery.url}/${address}`)
    await page.locator('[part=root]').waitFor()
    if (address.includes('scene=composer'))
      await page.locator('[part=composer] textarea, [part=notice]').first().waitFor()
    if (/menu|edit/.test(address)) {
      await page.locator('[part~=item]').nth(1).hover()
      await page.locator('[part=more]').nth(1).click()
      await page.locator('[role=menuitem]').first().waitFor()
    }
    if (address.includes('edit')) await page.locator('[data-word=edit]').click()
    if (address.includes('type')) await page.locator('textarea').fill('word '.repeat(395))
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' })
    await page.close()
  }
} finally {
  await browser.close()
  await gallery.close()
}
