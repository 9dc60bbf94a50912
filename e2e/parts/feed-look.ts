import type { Page } from 'playwright-core'
import { until } from './until.ts'

/** How an element of the feed is drawn, as far as people see it. */
interface Look {
  readonly tag: string
  readonly part: string | null
  /** Of elements without children; times are left out, because they go on. */
  readonly text: string
  readonly box: readonly number[]
  readonly style: Readonly<Record<string, string>>
}

/** The look of everything in the page's feed once it is live and nothing moves any more. */
export async function feedLook(page: Page): Promise<Look[]> {
  let before = ''
  return until('the feed to stand still', async () => {
    const look = await lookNow(page)
    const now = JSON.stringify(look)
    const still = now === before && look.some(({ part, text }) => part === 'status' && text === '')
    before = now
    return still && look
  })
}

/** Measured from the feed's own corner. */
function lookNow(page: Page): Promise<Look[]> {
  return page.evaluate(() => {
    const seen = [
      'color',
      'backgroundColor',
      'fontFamily',
      'fontSize',
      'fontWeight',
      'fontStyle',
      'lineHeight',
    ]
    const spaced = [
      'display',
      'textAlign',
      'textDecorationLine',
      'whiteSpace',
      'borderTopWidth',
      'paddingTop',
    ]
    const feed = document.querySelector('halley-feed') as HTMLElement
    const corner = feed.getBoundingClientRect()
    return [...(feed.shadowRoot as ShadowRoot).querySelectorAll('*')].map((element) => {
      const box = element.getBoundingClientRect()
      const style = getComputedStyle(element)
      const leaf = element.childElementCount === 0 && element.localName !== 'time'
      return {
        tag: element.localName,
        part: element.getAttribute('part'),
        text: leaf ? (element.textContent ?? '') : '',
        // What is not drawn has no place.
        box: element.getClientRects().length
          ? [box.x - corner.x, box.y - corner.y, box.width, box.height].map(Math.round)
          : [],
        style: Object.fromEntries([...seen, ...spaced].map((name) => [name, style[name as 'color']])),
      }
    })
  })
}
