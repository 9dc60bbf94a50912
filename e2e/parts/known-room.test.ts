import type { LiveItem } from '@halley/shared'
import { expect, test } from 'vitest'
import { KnownRoom } from './known-room.ts'

const item = (seq: number, rev = seq, text = `item ${seq}`): LiveItem => ({
  id: `id-${seq}`,
  seq,
  rev,
  kind: 'post',
  author: { name: 'Ada' },
  body: [text],
  text,
  postedAt: '2026-11-21T08:00:00.000Z',
})

function room(): KnownRoom {
  const known = new KnownRoom()
  known.begin([{ items: [item(2), item(1)], position: 'e1:2', older: null, newer: null, altered: 0 }])
  return known
}

const changes = (after: number, to: number, ...list: LiveItem[]) => ({
  type: 'changes' as const,
  room: 'acme/keynote',
  after,
  position: `e1:${to}`,
  changes: list.map((one) => ({
    rev: one.rev,
    type: one.rev === one.seq ? ('posted' as const) : ('edited' as const),
    item: one,
  })),
})

test('PARTS1 the reader of the tests takes what follows, once, and the later telling of an item', () => {
  const known = room()
  expect(known.apply(changes(2, 4, item(3), item(1, 4, 'edited')))).toBe('fine')
  expect(known.apply(changes(1, 3, item(3)))).toBe('fine')
  expect(known.items().map(({ text }) => text)).toEqual(['edited', 'item 2', 'item 3'])
  expect(known.told).toEqual([3])
  expect(known.position).toBe('e1:4')
})

test('PARTS1 the reader of the tests finds a gap in a frame and in a head', () => {
  const known = room()
  expect(known.apply(changes(3, 4, item(4)))).toBe('again')
  expect(known.apply({ type: 'head', room: 'acme/keynote', position: 'e1:3' })).toBe('again')
  expect(known.apply({ type: 'head', room: 'acme/keynote', position: 'e1:2' })).toBe('fine')
  expect([known.gaps, known.rev]).toEqual([2, 2])
})

test('PARTS1 the reader of the tests forgets everything at a reset', () => {
  const known = room()
  known.apply({ type: 'reset', room: 'acme/keynote', position: 'e2:9', reason: 'epoch' })
  expect(known.position).toBeUndefined()
})
