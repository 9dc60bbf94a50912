import { formatCursor } from '../../server/src/history/cursor.ts'
import type { FilledRoom } from './fill-rooms.ts'
import type { Variant } from './fill-variant.ts'

/** What is asked for, in turn. */
export interface PageCase {
  readonly name: string
  readonly target: string
  readonly paths: readonly string[]
  /** Each request says which page it has already. */
  readonly conditional?: boolean
}

const LIMIT = 50
const page = ({ address }: FilledRoom, place = '') => `/v1/rooms/${address}/items?limit=${LIMIT}${place}`
const at = (room: FilledRoom, side: 'before' | 'after', seq: number) =>
  page(room, `&${side}=${formatCursor(room.epoch, seq)}`)

/** Hot pages are few and asked for again and again; of the cold ones each is asked for once. */
export async function pageCases(variant: Variant, requests: number): Promise<PageCase[]> {
  const { rooms } = variant
  const large = rooms[0] as FilledRoom
  const others = rooms.slice(1)
  // Spread over all of them, and no two neighbours in a row.
  const some = (n: number) => others[(n * 7919) % others.length] as FilledRoom
  const within = (n: number) => 1000 + ((n * 104_729) % (large.items - 2000))
  const middle = (room: FilledRoom) => Math.floor(room.items / 2)
  const few = [large, some(1), some(2), some(3)].flatMap((room) => [
    page(room),
    at(room, 'before', middle(room)),
    at(room, 'before', LIMIT + 1),
  ])
  const ids = await idsWithin(variant, large)
  const cold = (name: string, path: (n: number) => string): PageCase => ({
    name: `cold, ${name}`,
    target: '≤ 30 ms',
    paths: Array.from({ length: requests }, (_, n) => path(n)),
  })
  return [
    { name: 'hot: 12 pages, top, middle and end', target: '≤ 10 ms', paths: few },
    { name: 'hot, 304', target: '≤ 10 ms', paths: few, conditional: true },
    cold('top of a room', (n) => page(some(n))),
    cold('middle of a room', (n) => at(some(n), 'before', middle(some(n)))),
    cold('end of a room', (n) => at(some(n), 'before', LIMIT + 1)),
    cold('middle of the large room', (n) => at(large, 'before', within(n))),
    cold('the same, upwards', (n) => at(large, 'after', within(n))),
    cold('around an item of the large room', (n) => page(large, `&around=${ids[n % ids.length]}`)),
  ]
}

async function idsWithin({ database: { sql } }: Variant, room: FilledRoom): Promise<string[]> {
  const step = Math.max(1, Math.floor(room.items / 20_000))
  const found = await sql<{ id: string }[]>`
    SELECT id FROM items WHERE room_id = ${room.id} AND seq % ${step} = 0 ORDER BY hash, id`
  return found.map(({ id }) => id)
}
