import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest'
import { leaveBrowser, sharedBrowser } from '../parts/browser.ts'
import { Person } from '../parts/people.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { until } from '../parts/until.ts'

let server: ServerProcess
let browser: Awaited<ReturnType<typeof sharedBrowser>>
let failed = false

beforeAll(async () => {
  ;[server, browser] = await Promise.all([ServerProcess.start({ env: { DEMO: 'auto' } }), sharedBrowser()])
})
afterAll(async () => {
  await leaveBrowser()
  await server?.remove(failed)
})

/** How many items the room has. */
async function count(): Promise<number> {
  const answer = await fetch(`${server.url}/v1/rooms/demo/live`)
  return ((await answer.json()) as { items: number }).items
}

describe('what a first start shows', () => {
  test('DEMO8 prints the pages that it serves and where the data is', async () => {
    onTestFailed(() => {
      failed = true
    })
    const printed = await until('the notice', () => /Halley is ready.*Ctrl-C/s.exec(server.output)?.[0])
    expect(printed).toContain(server.dataDir)
    for (const path of ['/', '/moderator', '/docs']) {
      expect(printed).toContain(`${server.url}${path}\n`)
      expect((await fetch(server.url + path)).status, path).toBe(200)
    }
  })

  test('HOST1 shows the room in a page with a strict policy, which nothing of ours offends', async () => {
    onTestFailed(() => {
      failed = true
    })
    const { headers } = await fetch(server.url)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'")
    const ada = await Person.arrive(browser, 'Ada')
    await ada.opens(server.url)
    await ada.page.locator('#evening-title').scrollIntoViewIfNeeded()
    await ada.items.nth(20).waitFor()
    const before = await count()
    await until('the evening to go on', async () => (await count()) > before)
    expect(ada.complaints).toEqual([])
    await ada.leaves()
  })

  test('HOST2 lets a reader post and a moderator, signed in by the page, take it down for every reader', async () => {
    onTestFailed(() => {
      failed = true
    })
    const [ada, kevin, ines] = await Promise.all(
      ['Ada', 'Kevin', 'Ines Okafor'].map((name) => Person.arrive(browser, name)),
    )
    if (!ada || !kevin || !ines) throw new Error('nobody came')
    await Promise.all([ada.opens(server.url), kevin.opens(server.url), ines.opens(`${server.url}/moderator`)])
    for (const { page } of [ada, kevin, ines]) await page.locator('#evening-title').scrollIntoViewIfNeeded()
    await ada.posts('Good night, little gull')
    await Promise.all([ada, kevin, ines].map((person) => person.sees('Good night, little gull')))
    await ines.removes('Good night, little gull')
    await Promise.all([ada, kevin].map((person) => person.losesSight('Good night, little gull')))
    for (const person of [ada, kevin, ines]) {
      expect(person.complaints).toEqual([])
      await person.leaves()
    }
  })

  test('HOST3 fits a phone, on which nothing is wider than the page', async () => {
    const ada = await Person.arrive(browser, 'Ada')
    await ada.page.setViewportSize({ width: 320, height: 640 })
    for (const path of ['/', '/moderator']) {
      await ada.opens(server.url + path)
      await ada.page.locator('#evening-title').scrollIntoViewIfNeeded()
      await ada.items.nth(20).waitFor()
      expect(await ada.page.evaluate(() => document.documentElement.scrollWidth), path).toBe(320)
    }
    await ada.leaves()
  })

  test('DEMO9 goes on where it was when the server is started again, and is gone where it is switched off', async () => {
    const before = await count()
    await server.end()
    await server.start()
    expect(await count()).toBeGreaterThanOrEqual(before)
    await until('the evening to go on', async () => (await count()) > before)

    const off = await ServerProcess.start({ env: { DEMO: 'off' } })
    try {
      expect(await (await fetch(off.url)).text()).toContain('This is a Halley server')
      expect((await fetch(`${off.url}/moderator`)).status).toBe(404)
      expect((await fetch(`${off.url}/demo/moderator-token`, { method: 'POST' })).status).toBe(404)
      expect((await fetch(`${off.url}/v1/rooms/demo/live`)).status).toBe(404)
    } finally {
      await off.remove()
    }
  })
})
