import type { ChangeType } from '@halley/shared'
import type { EncodedChange, RoomNews } from '../bus/bus.ts'
import type { RoomId } from '../rooms/room.ts'
import type { ChangeRequest } from './change-request.ts'
import { encodeChange } from './encode-change.ts'
import type { ItemRecord } from './item-record.ts'
import { type ItemRow, toRecord } from './item-row.ts'
import type { Outcome } from './outcome.ts'
import type { Pending } from './pending.ts'
import type { RequestResult } from './request-result.ts'

const CHANGE_TYPE = {
  post: 'posted',
  edit: 'edited',
  remove: 'removed',
  restore: 'restored',
  hold: 'held',
  release: 'released',
  pin: 'pinned',
  unpin: 'unpinned',
  highlight: 'highlighted',
  unhighlight: 'unhighlighted',
  room: 'room',
} as const satisfies Record<ChangeRequest['type'], ChangeType>

/** A request, what it comes to, and what is told of it where it changed something. */
export interface Settled {
  readonly pending: Pending
  readonly outcome: Outcome
  readonly change: EncodedChange | undefined
  readonly epoch: string
}

export function settle(pending: Pending, row: RequestResult): Settled {
  const { status, epoch, rev } = row
  const { request } = pending
  const itemRow = toItemRow(row, request)
  const item = itemRow && toRecord(itemRow)
  if (status === 'done') {
    const held = request.type === 'post' && request.held
    const type = held ? 'held' : CHANGE_TYPE[request.type]
    const change = encodeChange({ rev, type, item, room: row.facts })
    return { pending, outcome: { status, epoch, rev, item }, change, epoch }
  }
  return { pending, outcome: refusal(row, item), change: undefined, epoch }
}

function refusal({ status, epoch, rev }: RequestResult, item: ItemRecord | null): Outcome {
  switch (status) {
    case 'unchanged':
    case 'done':
      return { status, epoch, rev, item }
    case 'changed':
      return { status, item: item as ItemRecord }
    default:
      return { status }
  }
}

/** What was sent a moment ago is not sent back. */
function toItemRow(row: RequestResult, request: ChangeRequest): ItemRow | null {
  if (row.id === null) return null
  if (row.author !== null) return { ...row, author: row.author }
  if (request.type !== 'post') throw new Error('an answer without its content')
  return { ...row, author: request.author, body: request.body, text: request.text }
}

/** What one append did, for each room that it changed. */
export function newsOf(settled: readonly Settled[]): Map<RoomId, RoomNews> {
  const rooms = Map.groupBy(
    settled.filter(({ change }) => change !== undefined),
    ({ pending }) => pending.room.id,
  )
  const news = new Map<RoomId, RoomNews>()
  for (const [room, list] of rooms) {
    const changes = list.map(({ change }) => change as EncodedChange).sort((a, b) => a.rev - b.rev)
    const [first, last] = [changes[0] as EncodedChange, changes.at(-1) as EncodedChange]
    news.set(room, { epoch: (list[0] as Settled).epoch, after: first.rev - 1, to: last.rev, changes })
  }
  return news
}
