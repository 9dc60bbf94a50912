import type { Change, ItemsPage, LiveItem } from '@halley/shared'
import { expect, test } from 'vitest'
import { type Side, Stretch } from './stretch.ts'

/** Numbers that look random and are the same for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

interface Stored {
  readonly id: string
  readonly seq: number
  /** What each rev made of it; a text of nothing is a removal. */
  readonly told: { readonly rev: number; readonly text: string | undefined }[]
}

/** A room as the server has it, which can be read as it was at any rev. */
class Room {
  rev = 0
  readonly items: Stored[] = []

  step(roll: (sides: number) => number): void {
    this.rev += 1
    const kind = roll(10)
    const item = this.items[roll(this.items.length || 1)]
    if (!item || kind < 5) {
      const told = [{ rev: this.rev, text: `text ${this.rev}` }]
      this.items.push({ id: `id ${this.rev}`, seq: this.rev, told })
    } else item.told.push({ rev: this.rev, text: kind < 8 ? undefined : `text ${this.rev}` })
  }

  at(rev: number): LiveItem[] {
    return this.items.flatMap((item) => this.telling(item, rev) ?? []).reverse()
  }

  /** Undefined where it is not there for readers at that rev. */
  telling({ id, seq, told }: Stored, rev: number): LiveItem | undefined {
    const last = told.findLast((each) => each.rev <= rev)
    if (!last?.text) return undefined
    const { text } = last
    return { id, seq, rev: last.rev, kind: 'post', author: { name: 'Ada' }, body: [text], text, postedAt: '' }
  }

  change(rev: number): Change {
    const item = this.items.find(({ told }) => told.some((each) => each.rev === rev)) as Stored
    const first = item.told[0]?.rev === rev
    const live = this.telling(item, rev)
    const type = live ? (first ? 'posted' : 'edited') : 'removed'
    return { rev, type, item: live ?? { id: item.id, seq: item.seq, rev, removed: true } }
  }

  page(ask: { before?: number; after?: number; around?: string }, rev: number, limit: number): ItemsPage {
    const all = this.at(rev)
    const around = this.items.find(({ id }) => id === ask.around)
    const end = ask.before ?? (around ? around.seq + 1 : Number.POSITIVE_INFINITY)
    const older = all.filter(({ seq }) => (seq ?? 0) < end)
    const newer = all.filter(
      ({ seq }) => (seq ?? 0) > (ask.after ?? (around?.seq || Number.POSITIVE_INFINITY)),
    )
    const items =
      ask.after !== undefined ? newer.slice(-limit) : [...newer.slice(-limit), ...older.slice(0, limit)]
    const bottom = items.at(-1)?.seq ?? ask.after ?? 0
    const top = items[0]?.seq ?? ask.before ?? rev
    return {
      items,
      position: `epoch:${rev}`,
      older: all.some(({ seq }) => (seq ?? 0) < bottom) ? `${bottom}` : null,
      newer: all.some(({ seq }) => (seq ?? 0) > top) ? `${top}` : null,
      altered: 0,
    }
  }
}

/** One reader of it, whose pages may be late and whose stream may be behind. */
class Visitor {
  readonly stretch = new Stretch(() => this.now)
  now = 0
  readonly room: Room
  readonly #roll: (sides: number) => number

  constructor(room: Room, roll: (sides: number) => number) {
    this.room = room
    this.#roll = roll
    this.stretch.begin(room.page({}, room.rev, 5))
  }

  get position(): number {
    return this.stretch.position?.rev ?? 0
  }

  /** As the stream does: in order, each once. */
  follow(steps: number): void {
    const to = Math.min(this.room.rev, this.position + steps)
    for (let rev = this.position + 1; rev <= to; rev++) this.stretch.tell(this.room.change(rev))
    this.stretch.reached({ epoch: 'epoch', rev: to })
  }

  /** A page that was read some revs ago, laid in now. */
  extend(side: Side, late: number): void {
    const { timeline, older, newer } = this.stretch
    const end = side === 'older' ? older : newer
    const last = side === 'older' ? timeline.oldest : timeline.newest
    if (end.edge === 'end' || !last) return
    const cursor = Number(end.cursor)
    const ask = !end.cursor ? { around: last.id } : side === 'older' ? { before: cursor } : { after: cursor }
    this.stretch.take(this.room.page(ask, Math.max(this.room.rev - late, last.rev), 5), side)
  }

  act(): void {
    this.now += 400
    const { arrivals } = this.stretch
    const what = this.#roll(12)
    if (what < 4) this.follow(this.#roll(6))
    else if (what < 6) this.extend('older', this.#roll(8))
    else if (what < 7) this.extend('newer', this.#roll(8))
    else if (what < 9) arrivals.hold('scroll', what === 7)
    else if (what === 9) this.stretch.take(this.room.page({ around: this.#any() }, this.room.rev, 3))
    else this.stretch.flush()
  }

  #any(): string {
    return this.room.items[this.#roll(this.room.items.length)]?.id ?? ''
  }

  /** Everything there is to read is read. */
  finish(): void {
    this.follow(this.room.rev)
    this.stretch.arrivals.hold('scroll', false)
    for (let n = 0; n < 500; n++) {
      this.now += 400
      this.extend('newer', 0)
      this.extend('older', 0)
      this.stretch.flush()
    }
  }

  seen(): LiveItem[] {
    const rows = this.stretch.timeline.chunks.flatMap((chunk) => chunk.rows)
    return rows.filter((row): row is LiveItem => !('removed' in row))
  }
}

test('FEED10 however pages, removals and the stream overtake each other, the rows end as the room is', () => {
  for (let seed = 1; seed <= 400; seed++) {
    const roll = dice(seed)
    const room = new Room()
    for (let n = 0; n < 30; n++) room.step(roll)
    const visitor = new Visitor(room, roll)
    for (let n = 0; n < 150; n++) {
      if (roll(2)) room.step(roll)
      visitor.act()
    }
    visitor.finish()
    expect(visitor.seen(), `seed ${seed}`).toEqual(room.at(room.rev))
  }
})

test('FEED11 what was removed is in no row from the moment that the stream has told it', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const roll = dice(seed)
    const room = new Room()
    for (let n = 0; n < 20; n++) room.step(roll)
    const visitor = new Visitor(room, roll)
    for (let n = 0; n < 100; n++) {
      room.step(roll)
      visitor.act()
      const gone = new Set(
        room.items.filter((item) => !room.telling(item, visitor.position)).map(({ id }) => id),
      )
      for (const row of visitor.seen()) {
        if (gone.has(row.id)) expect(row.rev, `seed ${seed}: ${row.id}`).toBeGreaterThan(visitor.position)
      }
    }
  }
})

test('FEED12 keeps at most some 1,600 rows, and reads on at the end that it let go', () => {
  const room = new Room()
  for (let n = 0; n < 4000; n++) room.step(() => 0)
  const visitor = new Visitor(room, () => 0)
  let most = 0
  for (let n = 0; n < 1000; n++) {
    visitor.extend('older', 0)
    most = Math.max(most, visitor.stretch.timeline.size)
  }
  expect(most).toBeLessThanOrEqual(1600)
  expect(visitor.stretch.timeline.oldest?.id).toBe('id 1')
  expect(visitor.stretch.newer.edge).toBe('more')
  for (let n = 0; n < 1000; n++) visitor.extend('newer', 0)
  expect(visitor.stretch.timeline.newest?.id).toBe('id 4000')
  expect(visitor.stretch.older.edge).toBe('more')
})

test('FEED13 draws at most twenty of those that arrived at a time, and goes on with the newest where there are too many', () => {
  const room = new Room()
  for (let n = 0; n < 10; n++) room.step(() => 0)
  const visitor = new Visitor(room, () => 0)
  for (let n = 0; n < 60; n++) room.step(() => 0)
  visitor.follow(60)
  expect(visitor.stretch.flush().size).toBe(20)
  expect(visitor.stretch.arrivals.count).toBe(40)
  expect(visitor.stretch.timeline.newest?.id).toBe('id 30')
  for (let n = 0; n < 300; n++) room.step(() => 0)
  visitor.follow(300)
  visitor.stretch.flush()
  expect(visitor.stretch.arrivals.count).toBe(0)
  expect(visitor.stretch.timeline.newest?.id).toBe('id 370')
  expect(visitor.stretch.timeline.size).toBe(50)
  expect(visitor.stretch.older.edge).toBe('more')
})

test('FEED14 does not show again what a newer page has already left out', () => {
  const room = new Room()
  for (let n = 0; n < 10; n++) room.step(() => 0)
  const visitor = new Visitor(room, () => 0)
  room.step(() => 0)
  room.step((sides) => (sides === 10 ? 6 : room.items.length - 1))
  expect(room.at(room.rev).length).toBe(10)
  visitor.stretch.take(room.page({}, room.rev, 5))
  visitor.follow(1)
  expect(visitor.stretch.arrivals.count).toBe(0)
  expect(visitor.seen()).toEqual(room.at(room.rev).slice(0, 5))
})

test('FEED17 counts no edit of what was there before as a new item, where the newest items are not loaded', () => {
  const room = new Room()
  for (let n = 0; n < 40; n++) room.step(() => 0)
  const stretch = new Stretch(() => 0)
  stretch.begin(room.page({ around: 'id 10' }, room.rev, 5))
  expect(stretch.attached).toBe(false)
  room.step((sides) => (sides === 10 ? 9 : 30))
  expect(stretch.tell(room.change(41))).toBeUndefined()
  expect(stretch.arrivals.count).toBe(0)
  room.step(() => 0)
  expect(stretch.tell(room.change(42))?.id).toBe('id 42')
  expect(stretch.arrivals.count).toBe(1)
})

test('FEED23 draws all that waits with a post of this reader, which then stays whatever waits later', () => {
  const room = new Room()
  for (let n = 0; n < 10; n++) room.step(() => 0)
  const visitor = new Visitor(room, () => 0)
  const { stretch } = visitor
  stretch.arrivals.hold('scroll', true)
  for (let n = 0; n < 60; n++) room.step(() => 0)
  visitor.follow(60)
  stretch.showAll()
  expect(visitor.seen().map(({ id }) => id)).toEqual(
    room
      .at(70)
      .slice(0, 65)
      .map(({ id }) => id),
  )
  for (let n = 0; n < 60; n++) room.step(() => 0)
  visitor.follow(60)
  expect(stretch.arrivals.count).toBe(60)
  stretch.arrivals.hold('scroll', false)
  visitor.finish()
  expect(visitor.seen()).toEqual(room.at(room.rev))
})
