import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBrowser } from '../../../e2e/parts/browser.ts'
import { bundle } from '../../comparison/bundle.ts'
import type { Outcome, Step } from '../../comparison/script.ts'
import { scripts } from '../../comparison/scripts.ts'

type Browser = Awaited<ReturnType<typeof openBrowser>>
let browser: Browser
let page: Awaited<ReturnType<Browser['newPage']>>

beforeAll(async () => {
  browser = await openBrowser()
  page = await browser.newPage()
  await page.addScriptTag({ content: await bundle() })
})
afterAll(() => browser?.close())

/** The same script by Preact and by what readers download. */
function both(steps: readonly Step[]): Promise<[Outcome, Outcome]> {
  return page.evaluate(async (steps: unknown) => {
    const { play } = window as unknown as { play: (which: string, steps: unknown) => Promise<Outcome> }
    return [await play('preact', steps), await play('own', steps)]
  }, steps as unknown)
}

test('RENDER1 what readers download draws as Preact does and calls the same in the same order', async () => {
  await fc.assert(
    fc.asyncProperty(scripts, async (steps) => {
      const [preact, own] = await both(steps)
      expect(own.pages).toEqual(preact.pages)
      expect(own.calls).toEqual(preact.calls)
    }),
    { numRuns: Number(process.env.RENDER_RUNS ?? 100) },
  )
})
