import type { ItemsPage } from '@halley/shared'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openBrowser } from '../parts/browser.ts'
import { makeRoom, type TestRoom } from '../parts/command-line.ts'
import { fillRoom } from '../parts/fill-room.ts'
import { type FreshDatabase, freshDatabase } from '../parts/fresh-database.ts'
import { hasFailed } from '../parts/has-failed.ts'
import { hostFile } from '../parts/host-file.ts'
import type { HostPage } from '../parts/host-page.ts'
import { multiplyRoom } from '../parts/multiply-room.ts'
import { Person } from '../parts/people.ts'
import { pageMemory, scrollToTheBeginning } from '../parts/scroll.ts'
import { ServerProcess } from '../parts/server-process.ts'
import { type StoredRoom, storedRoom } from '../parts/stored-room.ts'
import { until } from '../parts/until.ts'

/** `npx pnpm@12 run test:long` says 100,000. */
const ITEMS = Number(process.env.LONG_ROOM ?? 3600)
/** Over HTTP; the rest are copies. */
const POSTED = 3000
const SECONDS = 120 + ITEMS / 50
/** Items that a page may hold at a time, whatever the length of the room. */
const IN_PAGE = 2500
let database: FreshDatabase
let server: ServerProcess
let browser: Browser
let place: TestRoom
let host: HostPage
let stored: StoredRoom

beforeAll(async () => {
  database = await freshDatabase(inject('databaseUrl'))
  server = await ServerProcess.start({ databaseUrl: database.url })
  place = await makeRoom(server)
  const begun = performance.now()
  await fillRoom(server.url, place, Math.min(ITEMS, POSTED))
  const perSecond = Math.round(Math.min(ITEMS, POSTED) / ((performance.now() - begun) / 1000))
  console.log(`${POSTED} items posted over HTTP, ${perSecond} a second`)
  if (ITEMS > POSTED) await multiplyRoom(database.sql, place.room, ITEMS)
  stored = await storedRoom(database.sql, place.room)
  host = await hostFile('plain', { halley: server.url, room: place.room })
  browser = await openBrowser()
}, SECONDS * 1000)

afterAll(async ({}, suite) => {
  await browser?.close()
  await host?.close()
  await server?.remove(hasFailed(suite))
  await database?.drop()
})

test('SHOW3 pages lead from the newest item to the first one without a hole', async () => {
  const took: number[] = []
  const seqs: number[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const begun = performance.now()
    const query: string = cursor && `?before=${cursor}`
    const answer = await fetch(`${server.url}/v1/rooms/${place.room}/items${query}`)
    const page = (await answer.json()) as ItemsPage
    took.push(performance.now() - begun)
    expect(page.items.length, 'items of a page').toBeGreaterThan(0)
    for (const { seq } of page.items) seqs.push(seq ?? -1)
    cursor = page.older
  }
  took.sort((a, b) => a - b)
  const p95 = (took[Math.floor(took.length * 0.95)] as number).toFixed(1)
  console.log(`${took.length} pages of 50, p95 ${p95} ms at the client of the server`)
  expect(seqs.reverse()).toEqual(stored.items.map(({ seq }) => seq))
})

test('SHOW3 scrolling alone leads from the top past every item to the first one, with a bounded page', {
  timeout: SECONDS * 1000,
}, async () => {
  const begun = performance.now()
  let read = await arriveAndScroll()
  // In another browser: one that has stopped drawing does not begin again.
  while (read.journey.undrawn && performance.now() - begun < (SECONDS * 1000) / 2) {
    console.log(
      `the browser stopped drawing after ${read.journey.seen.length} items: ${read.journey.stoodAt}`,
    )
    await browser.close()
    browser = await openBrowser()
    read = await arriveAndScroll()
  }
  const { reader, before, journey } = read
  const after = await pageMemory(reader.page)
  const seen = new Set(journey.seen)
  const [worst = 0] = journey.longTasks
  console.log(
    `scrolled past ${seen.size} items; at most ${journey.most} in the page; heap ${before.heapMb} → ${after.heapMb} MB, ` +
      `nodes ${before.nodes} → ${after.nodes}; ${journey.longTasks.length} tasks over 50 ms, longest ${worst} ms`,
  )
  expect(journey.reached, `at the beginning of the room, not at: ${journey.stoodAt}`).toBe(true)
  const missed = stored.items.filter(({ id }) => !seen.has(id))
  expect(missed, 'items that were never in the page').toEqual([])
  expect(journey.most).toBeLessThanOrEqual(IN_PAGE)
  await reader.sees((stored.items[0] as { text: string }).text.slice(0, 12))
  await reader.leaves()
})

async function arriveAndScroll() {
  const reader = await Person.arrive(browser, 'Noor')
  await reader.opens(host.url)
  await reader.items.first().waitFor()
  const before = await pageMemory(reader.page)
  const journey = await scrollToTheBeginning(reader.page, SECONDS - 30)
  return { reader, before, journey }
}

test('SHOW4 a link to an item in the middle opens the room around it', async () => {
  const middle = Math.floor(stored.items.length / 2)
  const { id } = stored.items[middle] as { id: string }
  const reader = await Person.arrive(browser, 'Yuki')
  await reader.opens(`${host.url}#halley-${id}`)
  const item = reader.page.locator(`[data-id="${id}"]`)
  await item.waitFor()
  await until('the item to be in view', () =>
    item.evaluate((element) => {
      const { top, bottom } = element.getBoundingClientRect()
      return bottom > 0 && top < innerHeight
    }),
  )
  for (const neighbour of [middle - 5, middle + 5]) {
    await reader.page.locator(`[data-id="${stored.items[neighbour]?.id}"]`).waitFor({ state: 'attached' })
  }
  await reader.leaves()
})
