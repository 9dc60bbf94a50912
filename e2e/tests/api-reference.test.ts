import { expect, inject, onTestFinished, test } from 'vitest'
import { leaveBrowser, sharedBrowser } from '../parts/browser.ts'
import { until } from '../parts/until.ts'

test('HTTP7 the reference is read without a request to anybody else', async () => {
  const { url } = inject('server')
  const browser = await sharedBrowser()
  onTestFinished(leaveBrowser)
  const page = await browser.newPage()
  const asked: string[] = []
  const said: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).origin))
  page.on('console', (message) => said.push(message.text()))

  await page.goto(`${url}/docs/`)
  await page.getByText('A page of items, newest first').first().waitFor()
  await page.getByText('Open Group - changing').first().waitFor({ state: 'attached' })
  await until('everything that was asked for', () => page.evaluate(() => document.readyState === 'complete'))
  expect([...new Set(asked)]).toEqual([url])
  expect(said.filter((text) => /content security policy/i.test(text))).toEqual([])
})
