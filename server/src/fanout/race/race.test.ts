import type { View } from '@halley/shared'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LossyBus } from '../../bus/lossy-bus.ts'
import { MemoryBus } from '../../bus/memory-bus.ts'
import { seededRandom } from '../../bus/seeded-random.ts'
import type { LogReader } from '../../log/log.ts'
import type { Room } from '../../rooms/room.ts'
import { Hub } from '../hub.ts'
import { LogModel, type Step } from './log-model.ts'
import { ReaderModel } from './reader-model.ts'

const room = { id: 1, address: 'acme/keynote' } as unknown as Room
const IDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
const READERS = 6

type Act =
  | { do: 'write'; batch: { step: Step; id: string }[]; late: number }
  | { do: 'reader'; index: number }
  | { do: 'pass'; ms: number }
  | { do: 'burst'; count: number }
  | { do: 'bus'; away: boolean }
  | { do: 'log'; failing: boolean }
  | { do: 'back up' }
  | { do: 'restore' }

const step = fc.constantFrom<Step>(
  'post',
  'post',
  'post-held',
  'edit',
  'remove',
  'restore',
  'hold',
  'release',
)
const write = fc.record({
  do: fc.constant('write' as const),
  batch: fc.array(fc.record({ step, id: fc.constantFrom(...IDS) }), { minLength: 1, maxLength: 4 }),
  late: fc.integer({ min: 0, max: 60 }),
})
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 10, arbitrary: write },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('reader' as const), index: fc.nat(READERS - 1) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(80) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.nat(8000) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('burst' as const), count: fc.integer({ min: 50, max: 1200 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('bus' as const), away: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('log' as const), failing: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'back up' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restore' as const }) },
)

/** Two nodes on one log: one hears everything its own writers publish, the other only what a lossy bus lets through. */
class Race {
  readonly random: () => number
  readonly log: LogModel
  readonly near = new MemoryBus()
  readonly far: LossyBus
  readonly hubs: Hub[]
  readonly readers: ReaderModel[]
  readonly problems: string[] = []
  /** Text that was taken back, and when that was acknowledged. */
  readonly #dead = new Map<string, number>()
  /** How often text was shown anew: what took it away before that does not count any more. */
  readonly #shown = new Map<string, number>()
  #clock = 0
  #failedAt = -1
  #saved: ReturnType<LogModel['save']> | undefined
  #lives = 0
  #bursts = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.log = new LogModel(() => this.random() * 25)
    this.far = new LossyBus(new MemoryBus(), { seed, drop: 0.25 })
    const parts = { log: this.log as unknown as LogReader, logger: { warn: () => {} } }
    const options = { lingerMs: 200 }
    this.hubs = [this.near, this.far].map((bus) => new Hub({ ...parts, bus, options }))
    for (const hub of this.hubs) hub.start()
    this.readers = Array.from({ length: READERS }, (_, index) => this.#reader(index))
  }

  #reader(index: number): ReaderModel {
    const hub = this.hubs[index % 2] as Hub
    const view: View = index >= READERS - 2 ? 'staff' : 'reader'
    const isNear = index % 2 === 0
    return new ReaderModel({
      name: `reader ${index} (${view})`,
      room,
      view,
      join: hub.join,
      readPage: () => this.log.page(view),
      delay: () => this.random() * 5,
      clock: () => ++this.#clock,
      onText: (text, joinedAt, epoch) => {
        const died = this.#dead.get(text)
        // What is on its way to readers who are about to be reset is of another life than what was taken back.
        if (epoch !== this.log.head.epoch) return
        if (died === undefined || view === 'staff') return
        // A join that the log could not confirm is answered from memory alone.
        const confirmed = !this.log.failing && this.#failedAt < joinedAt
        if (isNear || (died < joinedAt && confirmed))
          this.problems.push(`reader ${index} was sent ${text} after it was taken back`)
      },
    })
  }

  play(act: Act): Promise<unknown> | undefined {
    if (act.do === 'write') this.write(act.batch, act.late)
    else if (act.do === 'burst') this.#burst(act.count)
    else if (act.do === 'bus') this.far.away = act.away
    else if (act.do === 'log') this.#fail(act.failing)
    else if (act.do === 'back up') this.#saved = this.log.save()
    else if (act.do === 'restore') this.#restore()
    else if (act.do === 'reader') this.#toggle(this.readers[act.index] as ReaderModel)
    else return vi.advanceTimersByTimeAsync(act.ms)
    return undefined
  }

  #fail(failing: boolean): void {
    this.log.failing = failing
    if (!failing) this.#failedAt = ++this.#clock
  }

  /** Committed now, announced and acknowledged `late` milliseconds later: writers overtake each other. */
  write(batch: { step: Step; id: string }[], late: number): void {
    const before = batch.map(({ id }) => this.log.item(id)?.text)
    const news = this.log.commit(batch)
    if (!news) return
    for (const { id } of batch) this.#show(this.#visible(id))
    // What was taken back before, another's news tells of: to be told that it is gone says nothing of when that comes.
    const changed = new Set(news.changes.map(({ item }) => item))
    const taken = batch.flatMap(({ id }, index) =>
      [before[index], this.log.item(id)?.text].flatMap((text) =>
        changed.has(id) && text && text !== this.#visible(id)
          ? [{ id, text, shown: this.#shown.get(text) }]
          : [],
      ),
    )
    setTimeout(() => {
      this.near.publish(room.id, news)
      this.far.publish(room.id, news)
      if (news.epoch !== this.log.head.epoch) return
      for (const { id, text, shown } of taken) {
        const isBack = text === this.#visible(id) || shown !== this.#shown.get(text)
        if (!isBack) this.#dead.set(text, this.#clock)
      }
    }, late)
  }

  #show(text: string | undefined): void {
    if (text === undefined) return
    this.#dead.delete(text)
    this.#shown.set(text, (this.#shown.get(text) ?? 0) + 1)
  }

  #visible(id: string): string | undefined {
    const item = this.log.item(id)
    return item?.state === 'live' ? item.text : undefined
  }

  /** More than a window or a join holds, of items of their own. */
  #burst(count: number): void {
    this.#bursts += 1
    for (let index = 0; index < count; index += 10) {
      const batch = Array.from({ length: 10 }, (_, one) => ({
        step: 'post' as const,
        id: `burst-${this.#bursts}-${index + one}`,
      }))
      this.write(batch, this.random() * 40)
    }
  }

  #restore(): void {
    if (!this.#saved) return
    this.#dead.clear()
    this.log.restore(this.#saved, `life${++this.#lives}`)
  }

  #toggle(reader: ReaderModel): void {
    if (reader.connected) reader.disconnect()
    else reader.connect()
  }

  async settle(): Promise<void> {
    this.far.away = false
    this.#fail(false)
    for (const reader of this.readers) reader.connect()
    await vi.advanceTimersByTimeAsync(40_000)
  }

  check(): void {
    expect([...this.problems, ...this.readers.flatMap(({ problems }) => problems)]).toEqual([])
    const { epoch, rev } = this.log.head
    this.readers.forEach((reader, index) => {
      const view = index >= READERS - 2 ? 'staff' : 'reader'
      expect([reader.position, reader.shown]).toEqual([{ epoch, rev }, this.log.shown(view)])
    })
  }

  async close(): Promise<void> {
    for (const reader of this.readers) reader.disconnect()
    for (const hub of this.hubs) await hub.close()
    await this.far.close()
  }
}

beforeEach(() => {
  vi.useFakeTimers({
    toFake: [
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'clearImmediate',
      'performance',
      'Date',
    ],
  })
})
afterEach(() => {
  vi.useRealTimers()
})

test('JOIN1 however joins, writers, losses and reconnects race, every reader ends with the exact state of the room', async () => {
  const property = fc.asyncProperty(
    fc.integer(),
    fc.array(act, { minLength: 5, maxLength: 60 }),
    async (seed, acts) => {
      const race = new Race(seed)
      for (const one of acts) await race.play(one)
      await race.settle()
      await race.close()
      race.check()
    },
  )
  await fc.assert(property, { numRuns: 120, interruptAfterTimeLimit: 40_000 })
})
