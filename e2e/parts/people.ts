import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'

const SECONDS = 1000

/** Somebody at a browser of their own, with a page that shows a feed. */
export class Person {
  readonly name: string
  readonly page: Page
  /** What the page complained of: errors, refusals of its policy. */
  readonly complaints: string[]
  readonly #context: BrowserContext

  private constructor(name: string, page: Page, context: BrowserContext) {
    this.name = name
    this.page = page
    this.#context = context
    this.complaints = []
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text())
    })
    page.on('pageerror', (error) => this.complaints.push(String(error)))
  }

  /** `token` is the JWT with which the page signs them in. */
  static async arrive(browser: Browser, name: string, token?: string): Promise<Person> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'en-GB' })
    if (token) await context.addInitScript(`window.halley = { getToken: () => ${JSON.stringify(token)} }`)
    return new Person(name, await context.newPage(), context)
  }

  async opens(address: string): Promise<void> {
    await this.page.goto(address)
  }

  async leaves(): Promise<void> {
    await this.#context.close()
  }

  /** The items of all feeds of the page that are there now. */
  get items(): Locator {
    return this.page.locator('[part~=item]')
  }

  item(text: string): Locator {
    return this.items.filter({ hasText: text })
  }

  async sees(text: string): Promise<void> {
    await this.item(text)
      .first()
      .waitFor({ timeout: 20 * SECONDS })
  }

  /** Not any more: waits until the text is nowhere on the page. */
  async losesSight(text: string): Promise<void> {
    await this.page
      .getByText(text)
      .first()
      .waitFor({ state: 'detached', timeout: 20 * SECONDS })
  }

  async posts(text: string): Promise<void> {
    const message = this.page.getByRole('textbox', { name: 'Write something…' })
    await message.waitFor()
    // Both come together, or for somebody who is signed in only the one.
    const name = this.page.getByRole('textbox', { name: 'Your name' })
    if ((await name.count()) > 0) await name.fill(this.name)
    await message.fill(text)
    await message.press('Control+Enter')
  }

  /** By the item's own menu, as a moderator does; who meets a neighbour's, because the items moved, tries again. */
  async removes(text: string): Promise<void> {
    const item = this.item(text).first()
    const remove = item.getByRole('menuitem', { name: 'Remove' })
    for (let tries = 1; ; tries += 1) {
      await item.getByRole('button', { name: 'More' }).click()
      try {
        return await remove.click({ timeout: 10 * SECONDS })
      } catch (error) {
        if (tries === 3) throw error
        await this.page.keyboard.press('Escape')
      }
    }
  }

  /** When a text is drawn on this page, in milliseconds since 1970; begin before it is posted. */
  momentOf(text: string): Promise<number> {
    return this.page.evaluate((wanted) => {
      const feed = document.querySelector('halley-feed')?.shadowRoot
      return new Promise<number>((resolve) => {
        const look = (): void => {
          if (feed?.textContent?.includes(wanted)) resolve(performance.timeOrigin + performance.now())
          else requestAnimationFrame(look)
        }
        look()
      })
    }, text)
  }

  /** When the next Enter is pressed on this page, in milliseconds since 1970. */
  momentOfPosting(): Promise<number> {
    return this.page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const hear = (event: KeyboardEvent): void => {
            if (event.key !== 'Enter') return
            removeEventListener('keydown', hear, true)
            resolve(performance.timeOrigin + performance.now())
          }
          addEventListener('keydown', hear, true)
        }),
    )
  }

  /** Counts sockets or requests to a path: how many there were, and how many at a time. */
  watchConnections(path: string): { joined: number; most: number } {
    const open = new Set<unknown>()
    const seen = { joined: 0, most: 0 }
    const begin = (one: { url(): string }): void => {
      if (!new URL(one.url()).pathname.endsWith(path)) return
      open.add(one)
      seen.joined += 1
      seen.most = Math.max(seen.most, open.size)
    }
    this.page.on('websocket', (socket) => {
      begin(socket)
      socket.on('close', () => open.delete(socket))
    })
    this.page.on('request', begin)
    this.page.on('requestfinished', (request) => open.delete(request))
    this.page.on('requestfailed', (request) => open.delete(request))
    return seen
  }
}
