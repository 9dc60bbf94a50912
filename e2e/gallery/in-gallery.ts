import type { Browser, Page } from 'playwright-core'
import { leaveBrowser, sharedBrowser } from '../parts/browser.ts'
import { until } from '../parts/until.ts'
import { type Gallery, serveGallery } from './serve-gallery.ts'

/** The gallery with a browser: pages that show one scene each. */
export class InGallery {
  readonly #gallery: Gallery
  readonly #browser: Browser

  private constructor(gallery: Gallery, browser: Browser) {
    this.#gallery = gallery
    this.#browser = browser
  }

  static async open(): Promise<InGallery> {
    const [gallery, browser] = await Promise.all([serveGallery(), sharedBrowser()])
    return new InGallery(gallery, browser)
  }

  async close(): Promise<void> {
    await leaveBrowser()
    await this.#gallery.close()
  }

  /** Opens `HOST?scene=…`; ends when the feed is there and everything that is fetched later has come. */
  async see(
    address: string,
    options: Parameters<Browser['newPage']>[0] = {},
    prepare?: (page: Page) => Promise<void>,
  ): Promise<Page> {
    const page = await this.#browser.newPage({ viewport: { width: 720, height: 900 }, ...options })
    await prepare?.(page)
    await page.goto(`${this.#gallery.url}/${address}`)
    await page.locator('[part=root]').waitFor()
    await until('what comes late to be there, and the rows that it moved to be at rest', async () => {
      await page.evaluate(
        () => new Promise((rest) => requestAnimationFrame(() => requestAnimationFrame(rest))),
      )
      return (await page.locator('[part=later], [role=feed][style*=transform]').count()) === 0
    })
    return page
  }
}

/** What the scene's components asked of the feed: the name of the action and its arguments. */
export function calls(page: Page): Promise<unknown[][]> {
  return page.evaluate(() => (window as unknown as { called: unknown[][] }).called)
}
