import { expect, test } from 'vitest'
import { Problem } from '../problem.ts'
import type { Room, RoomId, SiteId } from '../rooms/room.ts'
import { toPending } from './pending.ts'
import { newsOf, settle } from './settle.ts'
import { aPost } from './test-log.ts'

const room = { id: 1 as RoomId, site: { id: 1 as SiteId, slug: 's', origins: [] } } as unknown as Room
const result = (rev: number) =>
  ({ n: 1, status: 'done', epoch: 'abcd', rev, facts: null, posted_at: '2026-11-21 08:00:00+00' }) as const

test('LOG21 what was stored but could not be read is of unknown outcome, and its room is not told of the rest', () => {
  const post = aPost('hello')
  const pin = { type: 'pin', id: aPost('pinned').id } as const
  const [posted, pinned] = [toPending(room, post, 'ada').pending, toPending(room, pin, 'mod').pending]
  const settled = [settle(posted, result(7), new Map()), settle(pinned, result(8), new Map())]
  expect(settled[0]?.outcome).toMatchObject({ status: 'done', item: { seq: 7, text: 'hello' } })
  expect(settled[1]?.outcome).toBeInstanceOf(Problem)
  expect(settled[1]?.outcome).toMatchObject({ code: 'outcome-unknown' })
  expect(newsOf(settled).size).toBe(0)
  expect(newsOf(settled.slice(0, 1)).get(room.id)).toMatchObject({ epoch: 'abcd', after: 6, to: 7 })
})
