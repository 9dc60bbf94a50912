import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { leaveBrowser, sharedBrowser } from '../parts/browser.ts'
import { makeRoom } from '../parts/command-line.ts'
import { type FreshDatabase, freshDatabase } from '../parts/fresh-database.ts'
import { hasFailed } from '../parts/has-failed.ts'
import { hostPage, plainPage, tag } from '../parts/host-page.ts'
import { Nginx } from '../parts/nginx.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

let database: FreshDatabase
let nodes: ServerProcess[]
let nginx: Nginx
let browser: Browser

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  const settings = { databaseUrl: database.url, redisUrl: inject('redisUrl'), env: { DRAIN_WINDOW: '1' } }
  nodes = [await ServerProcess.start(settings), await ServerProcess.start(settings)]
  nginx = await Nginx.before(nodes.map(({ port }) => port))
  browser = await sharedBrowser()
})

afterAll(async ({}, suite) => {
  await leaveBrowser()
  await nginx?.stop()
  for (const node of nodes ?? []) await node.remove(hasFailed(suite))
  await database?.drop()
})

/** Notes what each socket is told, and how many were open when a room was joined. */
const WATCHED = `const Real = WebSocket
  window.sockets = []
  window.openAtJoin = []
  WebSocket = class extends Real {
    constructor(...args) {
      super(...args)
      sockets.push(this)
      this.addEventListener('message', ({ data }) => {
        if (JSON.parse(data).type === 'joined')
          openAtJoin.push(sockets.filter(({ readyState }) => readyState === 1).length)
      })
    }
  }
  window.states = new Set()
  setInterval(() => {
    const bar = document.querySelector('halley-feed')?.shadowRoot?.querySelector('[part=bar]')
    if (bar) states.add(bar.dataset.state)
  }, 10)`

interface Watched {
  sockets: WebSocket[]
  openAtJoin: number[]
  states: Set<string>
}

test('CONN13 a page is told everything while both nodes are replaced, over the next socket before the last one ends', async () => {
  const { room } = await makeRoom(nodes[0] as ServerProcess)
  const host = await hostPage(plainPage(tag(nginx.url, room)))
  const page = await browser.newPage()
  await page.addInitScript(WATCHED)
  await page.goto(host.url)
  await page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
  const ada = new Writer(() => nginx.url, room, 'Ada')
  const enough = new AbortController()
  const writing = ada.writeUntil(enough.signal, 200)
  const watched = () =>
    page.evaluate(() => {
      const { sockets, openAtJoin, states } = window as unknown as Watched
      const open = sockets.filter(({ readyState }) => readyState < 2).length
      return { sockets: sockets.length, open, openAtJoin, states: [...states] }
    })
  try {
    for (const node of nodes) {
      expect(await node.end()).toBe(0)
      await node.start()
    }
    await until('one socket to be left', async () => (await watched()).open === 1)
  } finally {
    enough.abort()
    await writing
  }
  const { text } = ada.accepted.at(-1) as { text: string }
  await page.getByText(text, { exact: true }).first().waitFor()
  const { sockets, openAtJoin, states } = await watched()
  expect(ada.failures).toBe(0)
  expect(sockets).toBeGreaterThan(1)
  expect(openAtJoin).toEqual([1, ...Array(sockets - 1).fill(2)])
  expect(states).not.toContain('reconnecting')
  const shown = await page.locator('article [part=body]').allTextContents()
  const newest = ada.accepted.map((post) => post.text).reverse()
  expect(shown).toEqual(newest.slice(0, shown.length))
  await host.close()
})
