import type { Page } from 'playwright-core'
import { until } from './until.ts'

/** What a reader's browser went through on the way down. */
export interface Journey {
  /** Items that were in the page at some time, and the most at one time. */
  readonly seen: string[]
  readonly most: number
  /** Tasks of more than 50 ms, in milliseconds, longest first. */
  readonly longTasks: number[]
  readonly reached: boolean
  /** What stood at the ends of the loaded items when it was over, and how far there was still to scroll, in pixels. */
  readonly stoodAt: string
  /** The browser drew nothing any more, though the page's own work went on. */
  readonly undrawn: boolean
}

/**
 * Scrolls the page by one screen a frame, until the feed says that the room begins here, or the browser stops drawing.
 *
 * Chromium 156 does that on two cores, once in some fifteen such journeys: its trace shows a commit that waits for tiles
 * which were given to the raster pool and which no thread of the pool takes up ("pending tree not ready" ever after).
 * Timers, requests and scripts go on, frames never come again. No script can cause that or mend it, so nothing that
 * the widget does wrong can look like it: what blocks the page's thread holds up the timer beside the frame as well.
 */
export function scrollToTheBeginning(page: Page, seconds: number): Promise<Journey> {
  return page.evaluate(async (limit) => {
    const feed = document.querySelector('halley-feed')?.shadowRoot as ShadowRoot
    const seen = new Set<string>()
    let most = 0
    const note = (): void => {
      const items = feed.querySelectorAll('[data-id]')
      most = Math.max(most, items.length)
      for (const item of items) seen.add((item as HTMLElement).dataset.id as string)
    }
    const watcher = new MutationObserver((changes) => {
      for (const { addedNodes } of changes) {
        for (const node of addedNodes) {
          if (!(node instanceof HTMLElement)) continue
          if (node.dataset.id) seen.add(node.dataset.id)
          for (const item of node.querySelectorAll('[data-id]'))
            seen.add((item as HTMLElement).dataset.id as string)
        }
      }
    })
    watcher.observe(feed, { childList: true, subtree: true })
    const longTasks: number[] = []
    const tasks = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longTasks.push(Math.round(duration))
    })
    tasks.observe({ type: 'longtask' })
    note()
    const end = performance.now() + limit * 1000
    let reached = false
    let undrawn = 0
    const edges = () => [...feed.querySelectorAll('[part~=edge]')].map(({ textContent }) => `${textContent}`)
    for (let frame = 0; !reached && undrawn < 3 && performance.now() < end; frame += 1) {
      window.scrollBy(0, innerHeight)
      await new Promise<void>((resolve) => {
        const late = setTimeout(() => {
          undrawn += 1
          resolve()
        }, 2000)
        requestAnimationFrame(() => {
          clearTimeout(late)
          undrawn = 0
          resolve()
        })
      })
      if (frame % 30 === 0) most = Math.max(most, feed.querySelectorAll('[data-id]').length)
      reached = edges().some((text) => text.includes('This is where it began'))
    }
    note()
    watcher.disconnect()
    tasks.disconnect()
    const left = document.documentElement.scrollHeight - scrollY - innerHeight
    const stoodAt = `${edges().join(' | ')}, ${left} px`
    longTasks.sort((a, b) => b - a)
    return { seen: [...seen], most, longTasks, reached, stoodAt, undrawn: undrawn > 0 }
  }, seconds)
}

/** Megabytes of the page's JavaScript after a collection, and its elements. */
export async function pageMemory(page: Page): Promise<{ heapMb: number; nodes: number }> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? 0
  await session.detach()
  return { heapMb: Math.round(value('JSHeapUsedSize') / 1e5) / 10, nodes: value('Nodes') }
}

/** As a reader does, up or down to what there is, until an item that says just this is there. */
export const scrollTo = (page: Page, side: 'top' | 'bottom', text: string) =>
  until(`"${text}" to be there`, async () => {
    await page.evaluate((side) => window.scrollTo(0, side === 'top' ? 0 : document.body.scrollHeight), side)
    return (await page.getByText(text, { exact: true }).count()) > 0
  })
