import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { until } from '../../../../e2e/parts/until.ts'
import type { RoomNews } from '../../bus/bus.ts'
import { LossyBus } from '../../bus/lossy-bus.ts'
import { MemoryBus } from '../../bus/memory-bus.ts'
import { seededRandom } from '../../bus/seeded-random.ts'
import { testDatabase } from '../../db/test-database.ts'
import type { ChangeRequest } from '../../log/change-request.ts'
import { openLog } from '../../log/open-log.ts'
import { aPost, silent, testRoom } from '../../log/test-log.ts'
import { toItem } from '../../log/to-item.ts'
import type { Room } from '../../rooms/room.ts'
import { Hub } from '../hub.ts'
import { ReaderModel } from './reader-model.ts'

const ITEMS = 60
const WRITERS = 8
const WRITES = 40
const database = await testDatabase()

/** Two nodes on one database: writers publish through both, and each hears of the other over a lossy bus. */
function openNodes(seed: number) {
  const buses = [new MemoryBus(), new MemoryBus()]
  const between = buses.map((bus) => new LossyBus(bus, { seed, drop: 0.3, delayMs: 120 }))
  return buses.map((own, index) => {
    const publish = (room: Room['id'], news: RoomNews): void => {
      own.publish(room, news)
      between[1 - index]?.publish(room, news)
    }
    const log = openLog({ database, bus: { publish }, log: silent })
    const hub = new Hub({ log, bus: own, logger: silent, options: { headsEveryMs: 500, lingerMs: 50 } })
    hub.start()
    const close = async (): Promise<void> => {
      await hub.close()
      await log.close()
      await between[index]?.close()
    }
    return { log, hub, close }
  })
}

const opened: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of opened) await close()
})

test.each([1, 2, 3])(
  'JOIN1 on the real log, with two nodes and a lossy bus, readers end exact (seed %i)',
  async (seed) => {
    const random = seededRandom(seed)
    const room = await testRoom(database)
    const nodes = openNodes(seed)
    for (const { close } of nodes) opened.push(close)
    const problems: string[] = []
    const dead = new Map<string, number>()
    let clock = 0

    const readPage = async () => {
      const page = await nodes[0]?.log.page(room.id, { view: 'reader', limit: 200 })
      if (!page || page === 'item-unknown') throw new Error('no page')
      const items = page.items.flatMap((record) => toItem(record, 'reader') ?? [])
      const live = items.flatMap((item) => ('text' in item ? [item] : []))
      return {
        head: page.head,
        shown: new Map(live.map((item) => [item.id, `${item.seq} ${item.text}`])),
        revs: new Map(live.map((item) => [item.id, item.rev])),
      }
    }
    const readers = Array.from({ length: 12 }, (_, index) => {
      return new ReaderModel({
        name: `reader ${index}`,
        room,
        view: 'reader',
        join: (nodes[index % 2] as { hub: Hub }).hub.join,
        readPage,
        delay: () => random() * 10,
        clock: () => ++clock,
        onText: (text, joinedAt) => {
          const died = dead.get(text)
          if (died !== undefined && died < joinedAt) problems.push(`reader ${index} was sent ${text}`)
        },
      })
    })

    const posts = Array.from({ length: ITEMS }, (_, index) => aPost(`item ${index}`))
    const write = async (writer: number): Promise<void> => {
      const { log } = nodes[writer % 2] as (typeof nodes)[number]
      // Each writer has items of its own, so that what is live is known when it is answered.
      const own = posts.filter((_, index) => index % WRITERS === writer)
      for (let count = 0; count < WRITES; count++) {
        const post = own[Math.floor(random() * own.length)] as (typeof own)[number]
        const request = chooseRequest(random(), post)
        if (request.type === 'post' || request.type === 'restore' || request.type === 'release')
          dead.delete(post.text)
        const outcome = await log.publish(room, request, 'ada')
        const taken = outcome.status === 'done' && (request.type === 'remove' || request.type === 'hold')
        if (taken) dead.set(post.text, clock)
        await sleep(random() * 10)
      }
    }
    const comeAndGo = async (reader: ReaderModel): Promise<void> => {
      for (let count = 0; count < 12; count++) {
        if (reader.connected) reader.disconnect()
        else reader.connect()
        await sleep(random() * 150)
      }
    }
    const everybody = [
      ...Array.from({ length: WRITERS }, (_, writer) => write(writer)),
      ...readers.map(comeAndGo),
    ]
    await Promise.all(everybody)
    for (const reader of readers) reader.connect()
    const { head, shown } = await readPage()
    await until('every reader to be at the head', () =>
      readers.every(({ position }) => position?.rev === head.rev),
    )
    expect([...problems, ...readers.flatMap((reader) => reader.problems)]).toEqual([])
    for (const reader of readers) expect(reader.shown).toEqual(shown)
    expect(head.rev).toBeGreaterThan(ITEMS)
  },
)

function chooseRequest(chance: number, post: ReturnType<typeof aPost>): ChangeRequest {
  const { id } = post
  if (chance < 0.5) return post
  if (chance < 0.7) return { type: 'remove', id }
  if (chance < 0.8) return { type: 'restore', id }
  if (chance < 0.9) return { type: 'hold', id }
  return { type: 'release', id }
}
