import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerFrame } from '@halley/shared'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openBrowser } from '../parts/browser.ts'
import { halley, makeRoom, type TestRoom } from '../parts/command-line.ts'
import { CONNECTIONS, type Transport } from '../parts/connections.ts'
import { hostFile } from '../parts/host-file.ts'
import type { HostPage } from '../parts/host-page.ts'
import { Person } from '../parts/people.ts'
import { Writer } from '../parts/writer.ts'

const POSTS = 50
const server = inject('server')
let browsers: Browser[]
let place: TestRoom
let host: HostPage

beforeAll(async () => {
  place = await makeRoom(server)
  host = await hostFile('plain', { halley: server.url, room: place.room })
  browsers = await Promise.all([openBrowser(), openBrowser()])
})

afterAll(async () => {
  for (const browser of browsers ?? []) await browser.close()
  await host?.close()
})

/** Somebody at the plain page, whose feed is there. */
async function arrives(name: string, browser: number, token?: string): Promise<Person> {
  const person = await Person.arrive(browsers[browser] as Browser, name, token)
  await person.opens(host.url)
  await person.page.getByRole('feed').waitFor({ state: 'attached' })
  return person
}

test(`SHOW1 an item that Ada posts in one browser is on Kevin's screen in another, ${POSTS} times`, async () => {
  const ada = await arrives('Ada', 0)
  const kevin = await arrives('Kevin', 1)
  await ada.posts('hello')
  await kevin.sees('hello')
  const took: number[] = []
  for (let n = 1; n <= POSTS; n += 1) {
    const text = `news number ${n} of ${POSTS}`
    const seen = kevin.momentOf(text)
    const posted = ada.momentOfPosting()
    await ada.posts(text)
    took.push((await seen) - (await posted))
    // People do not answer within the same second: the room is quiet again.
    await sleep(300 + Math.random() * 200)
  }
  took.sort((a, b) => a - b)
  const at = (share: number): string => `${Math.round(took[Math.floor(share * (POSTS - 1))] as number)} ms`
  console.log(`from Ada's key press to Kevin's screen: median ${at(0.5)}, p90 ${at(0.9)}, worst ${at(1)}`)
  expect(took).toHaveLength(POSTS)
  expect(await kevin.item('news number').count()).toBeGreaterThanOrEqual(POSTS)
  expect([...ada.complaints, ...kevin.complaints]).toEqual([])
  await ada.leaves()
  await kevin.leaves()
})

test('SHOW2 what a moderator removes leaves every page and every answer that begins afterwards', async () => {
  const text = 'something that nobody should read'
  const writer = new Writer(() => server.url, place.room, 'Mallory')
  const before = await positionOf(place.room)
  const staleAltered = (await answer(`/v1/rooms/${place.room}/items`)).altered
  const { id } = await writer.post(text)
  const [site] = place.room.split('/') as [string]
  await halley(server, 'secret', 'create', site, '--allow-roles')
  const token = await halley(
    server,
    ...['token', 'create', site, '--sub', 'mo', '--name', 'Mo', '--role', 'moderator'],
  )
  const kevin = await arrives('Kevin', 0)
  const mo = await arrives('Mo', 1, token)
  await kevin.sees(text)
  await mo.sees(text)

  await mo.removes(text)
  await kevin.losesSight(text)

  const rooms = `/v1/rooms/${place.room}/items`
  const answers: unknown[] = [
    await answer(rooms),
    await answer(`${rooms}?altered=${staleAltered}`),
    await answer(`${rooms}?limit=200`),
    await answer(`${rooms}/${id}`),
  ]
  for (const transport of ['socket', 'stream', 'poll'] as const) {
    for (const since of [before, `${before.split(':')[0]}:0`, undefined]) {
      answers.push(await firstFrame(transport, place.room, since))
    }
  }
  for (const one of answers) expect(JSON.stringify(one)).not.toContain(text)
  expect((answers[3] as { code: string }).code).toBe('item-removed')
  const told = JSON.stringify(await firstFrame('poll', place.room, before))
  expect(told, 'who was away is told of the removal').toContain(`"id":"${id}"`)
  await kevin.leaves()
  await mo.leaves()
})

async function answer(path: string) {
  return (await (await fetch(`${server.url}${path}`)).json()) as { altered: number; position: string }
}

async function positionOf(room: string): Promise<string> {
  return (await answer(`/v1/rooms/${room}/items`)).position
}

/** What a reader is told who joins with a position. */
async function firstFrame(
  transport: Transport,
  room: string,
  since: string | undefined,
): Promise<ServerFrame> {
  const enough = new AbortController()
  let first: ServerFrame | undefined
  const hear = (frame: ServerFrame): void => {
    first ??= frame
    enough.abort()
  }
  const join = { room, since, token: undefined, view: undefined }
  await CONNECTIONS[transport](server.url, join, hear, enough.signal).catch((error: unknown) => {
    if (!first) throw error
  })
  expect(first?.type).toBe('joined')
  return first as ServerFrame
}
