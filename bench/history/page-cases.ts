import { formatCursor } from '../../server/src/history/cursor.ts'
import type { FilledRoom } from './fill-rooms.ts'

/** What is asked for, in turn. */
export interface PageCase {
  readonly name: string
  readonly target: string
  readonly paths: readonly string[]
  /** Each request says which page it has already. */
  readonly conditional?: true
}

const LIMIT = 50
const page = ({ address }: FilledRoom, place = '') => `/v1/rooms/${address}/items?limit=${LIMIT}${place}`
const before = (room: FilledRoom, seq: number) => page(room, `&before=${formatCursor(room.epoch, seq)}`)

/** Hot pages are few and asked for again and again; of the cold ones each is asked for once. */
export function pageCases(rooms: readonly FilledRoom[], requests: number): PageCase[] {
  const large = rooms[0] as FilledRoom
  const others = rooms.slice(1)
  // Spread over all of them, and no two neighbours in a row.
  const some = (n: number) => others[(n * 7919) % others.length] as FilledRoom
  const each = (make: (n: number) => string) => Array.from({ length: requests }, (_, n) => make(n))
  const few = [large, some(1), some(2), some(3)].flatMap((room) => [
    page(room),
    before(room, Math.floor(room.items / 2)),
    before(room, LIMIT + 1),
  ])
  const cold = '≤ 30 ms'
  return [
    { name: 'hot: 12 pages, top, middle and end', target: '≤ 10 ms', paths: few },
    { name: 'hot, 304', target: '≤ 10 ms', paths: few, conditional: true },
    { name: 'cold, top of a room', target: cold, paths: each((n) => page(some(n))) },
    {
      name: 'cold, middle of a room',
      target: cold,
      paths: each((n) => before(some(n), Math.floor(some(n).items / 2))),
    },
    {
      name: 'cold, middle of the large room',
      target: cold,
      paths: each((n) => before(large, 1000 + ((n * 104_729) % (large.items - 2000)))),
    },
    { name: 'cold, end of a room', target: cold, paths: each((n) => before(some(n), LIMIT + 1)) },
  ]
}
