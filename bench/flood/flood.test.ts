import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { ROOT } from '../../bin/root.ts'
import { halley, makeRoom, type TestRoom } from '../../e2e/parts/command-line.ts'
import { freshDatabase } from '../../e2e/parts/fresh-database.ts'
import { ServerProcess } from '../../e2e/parts/server-process.ts'
import { flood } from './flood.ts'

let server: ServerProcess
let drop: () => Promise<void>
let place: TestRoom

beforeAll(async () => {
  const database = await freshDatabase(inject('databaseUrl'))
  drop = database.drop
  server = await ServerProcess.start({ databaseUrl: database.url })
  place = await makeRoom(server)
})
afterAll(async () => {
  await server?.remove()
  await drop?.()
})

test('BENCH8 each accepted post is followed to the last of its readers, in every room that these follow', async () => {
  const second = place.room.replace('keynote', 'panel')
  await halley(server, 'room', 'create', second, '--posting', 'guests')
  const plan = {
    urls: [server.url],
    rooms: [place.room, second],
    readers: 5,
    roomsEach: 2,
    perSecond: 50,
    size: 300,
    posters: [place.moderator, `Guest ${'A'.repeat(43)}`],
    warmupSeconds: 0.2,
    seconds: 1,
    core: 1,
  }
  const figures = await flood(plan)
  expect(figures).toMatchObject({ missing: 0, uneven: 0, lost: 0 })
  expect(figures.refused.size).toBe(0)
  expect(figures.accepted).toBeGreaterThan(0)
  expect(figures.deliveries).toBeGreaterThanOrEqual(figures.accepted)
  expect(figures.last.p99).toBeGreaterThanOrEqual(figures.last.p50)
})

test('BENCH8 what is refused is told by its code, and nobody can follow a room that is none', async () => {
  const { room } = place
  const plan = { urls: [server.url], rooms: [room], readers: 1, roomsEach: 1, perSecond: 20, size: 100 }
  const timing = { warmupSeconds: 0.1, seconds: 0.5, core: 1 }
  const { accepted, refused } = await flood({ ...plan, ...timing, posters: ['Bearer hk_wrong'] })
  expect(accepted).toBe(0)
  expect([...refused.keys()].join()).toMatch(/^401 /)
  await expect(flood({ ...plan, ...timing, rooms: [`${room}s`], posters: [] })).rejects.toThrow(
    'room-unknown',
  )
})

test('BENCH8 the command says what it saw, and ends well where nothing is missing', async () => {
  const asked = { room: place.room, url: server.url, readers: '5', rate: '20', seconds: '1', size: '100' }
  const args = Object.entries(asked).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'flood.ts'), ...args])
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const [code] = await once(child, 'close')
  expect([code, said]).toEqual([0, expect.stringMatching(/accepted/)])
})
