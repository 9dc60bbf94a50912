import { expect, onTestFinished, test } from 'vitest'
import { openBrowser } from '../parts/browser.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { until } from '../parts/until.ts'

test('HTTP7 the reference is read without a request to anybody else', async () => {
  const server = await ServerProcess.start({ env: { DEMO: 'off' } })
  onTestFinished(async () => {
    await server.end()
    await server.remove()
  })
  const browser = await openBrowser()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  const asked: string[] = []
  const said: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).origin))
  page.on('console', (message) => said.push(message.text()))

  await page.goto(`${server.url}/docs/`)
  await page.getByText('A page of items, newest first').first().waitFor()
  await page.getByText('Open Group - changing').first().waitFor({ state: 'attached' })
  await until('everything that was asked for', () => page.evaluate(() => document.readyState === 'complete'))
  expect([...new Set(asked)]).toEqual([server.url])
  expect(said.filter((text) => /content security policy/i.test(text))).toEqual([])
})
