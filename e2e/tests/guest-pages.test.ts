import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { leaveBrowser, sharedBrowser } from '../parts/browser.ts'
import { halley, makeRoom, type TestRoom } from '../parts/command-line.ts'
import { conversation } from '../parts/conversation.ts'
import { feedLook } from '../parts/feed-look.ts'
import { hostFile } from '../parts/host-file.ts'
import { Person } from '../parts/people.ts'
import { type Blocking, TcpProxy } from '../parts/tcp-proxy.ts'
import { until } from '../parts/until.ts'
import { Writer } from '../parts/writer.ts'

const server = inject('server')
let browser: Browser
let place: TestRoom

beforeAll(async () => {
  place = await makeRoom(server)
  browser = await sharedBrowser()
})

afterAll(leaveBrowser)

test.each(['strict', 'unset'] as const)(
  'SHOW8 the %s page shows the same feed as the plain page',
  async (name) => {
    const writer = new Writer(() => server.url, place.room, 'Ada')
    for (const { text } of conversation(12, 3)) await writer.post(text)
    await writer.post('the last one')
    const looks: unknown[] = []
    const complaints: string[] = []
    for (const page of ['plain', name] as const) {
      const host = await hostFile(page, { halley: server.url, room: place.room })
      const reader = await Person.arrive(browser, 'Noor')
      await reader.opens(host.url)
      await reader.sees('the last one')
      await reader.page.getByRole('button', { name: 'Post' }).waitFor()
      // Until then the bar says that it connects, where that takes long.
      await reader.page.locator('[part=bar][data-state=live]').waitFor({ state: 'attached' })
      looks.push(await feedLook(reader.page))
      await writer.post(`live on the ${page} page`)
      await reader.sees(`live on the ${page} page`)
      complaints.push(...reader.complaints)
      await reader.leaves()
      await host.close()
      await removeLast(writer)
    }
    expect(looks[1]).toEqual(looks[0])
    expect(complaints).toEqual([])
  },
)

async function removeLast(writer: Writer): Promise<void> {
  const { id } = writer.accepted.at(-1) as { id: string }
  const answer = await fetch(`${server.url}/v1/rooms/${place.room}/items/${id}`, {
    method: 'DELETE',
    headers: { authorization: place.moderator },
  })
  expect(answer.status).toBeLessThan(300)
}

const WAYS: [Blocking, string][] = [
  ['nothing', '/v1/socket'],
  ['sockets', '/v1/stream'],
  ['sockets and streams', '/v1/poll'],
]

test.each(WAYS)('SHOW7 fifty feeds share one connection with %s blocked', async (blocking, path) => {
  const proxy = await TcpProxy.to(server.port)
  proxy.block(blocking)
  const [site] = place.room.split('/') as [string]
  const rooms = Array.from({ length: 5 }, (_, n) => `${site}/${blocking.replaceAll(' ', '-')}-${n}`)
  for (const room of rooms) {
    await halley(server, 'room', 'create', room, '--title', room, '--posting', 'guests')
  }
  const feeds = Array.from({ length: 50 }, (_, n) => rooms[n % rooms.length] as string)
  const host = await hostFile('many', { halley: `http://127.0.0.1:${proxy.port}`, feeds })
  const reader = await Person.arrive(browser, 'Yuki')
  const streams = reader.watchConnections(path)
  await reader.opens(host.url)
  const writer = new Writer(() => server.url, rooms[0] as string, 'Ada')
  await until('every feed to be there', async () => (await reader.page.getByRole('feed').count()) === 50)
  for (const room of rooms) {
    await new Writer(() => server.url, room, 'Ada').post(`live in ${room}`)
  }
  for (const room of rooms) {
    await until(`ten feeds to show the item of ${room}`, async () => {
      return (await reader.item(`live in ${room}`).count()) === 10
    })
  }
  await writer.post('and another')
  await until(
    'ten feeds to show the other item',
    async () => (await reader.item('and another').count()) === 10,
  )
  expect(streams.most, `connections to ${path} at a time`).toBe(1)
  expect(streams.joined, 'requests or sockets').toBeGreaterThan(0)
  await reader.leaves()
  await host.close()
  await proxy.close()
})
