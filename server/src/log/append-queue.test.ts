import { expect, onTestFinished, test, vi } from 'vitest'
import type { Room, RoomId, SiteId } from '../rooms/room.ts'
import { AppendQueue } from './append-queue.ts'
import type { ChangeRequest } from './change-request.ts'
import { type Pending, toPending } from './pending.ts'
import { aPost } from './test-log.ts'

const IDLE = new Set<RoomId>()

function aRoom(site: number, id: number): Room {
  const settings = { editWindow: 0, textLimit: 1, holdPosts: false }
  const [siteId, roomId] = [site as SiteId, id as RoomId]
  return {
    id: roomId,
    site: { id: siteId, slug: `site-${site}`, origins: [], gone: false },
    slug: `room-${id}`,
    address: `site-${site}/room-${id}`,
    title: '',
    state: 'open',
    visibility: 'public',
    posting: 'guests',
    settings,
  }
}

function add(queue: AppendQueue, room: Room, request: ChangeRequest): Pending {
  const { pending } = toPending(room, request, 'ada')
  queue.add(pending)
  return pending
}

const addPosts = (queue: AppendQueue, room: Room, count: number) =>
  Array.from({ length: count }, (_, index) => add(queue, room, aPost(`${index}`)))

test('LOG14 a tenant with little to write is served beside one with much', () => {
  const queue = new AppendQueue()
  addPosts(queue, aRoom(1, 1), 2000)
  addPosts(queue, aRoom(1, 2), 2000)
  const [quiet] = addPosts(queue, aRoom(2, 3), 1)
  const batch = queue.take(IDLE)
  expect(batch).toContain(quiet)
  const perRoom = [1, 2].map((id) => batch.filter(({ room }) => room.id === id).length)
  expect(Math.abs((perRoom[0] as number) - (perRoom[1] as number))).toBeLessThanOrEqual(1)
  expect(batch.length).toBeLessThanOrEqual(500)
})

test('LOG14 with more tenants than fit into a batch each has its turn', () => {
  const queue = new AppendQueue()
  for (let site = 1; site <= 1200; site += 1) addPosts(queue, aRoom(site, site), 2)
  const served = [1, 2, 3].flatMap(() => queue.take(IDLE).map(({ room }) => room.site.id))
  expect(new Set(served).size).toBe(1200)
})

test('LOG15 a batch has each item once, and what waits keeps its order', () => {
  const queue = new AppendQueue()
  const room = aRoom(1, 1)
  const [post, other] = [aPost('one'), aPost('other')]
  const first = add(queue, room, post)
  const pin = add(queue, room, { type: 'pin', id: post.id })
  const unpin = add(queue, room, { type: 'unpin', id: post.id })
  const beside = add(queue, room, other)
  expect(queue.take(IDLE)).toEqual([first, beside])
  expect(queue.take(IDLE)).toEqual([pin])
  expect(queue.take(IDLE)).toEqual([unpin])
  expect(queue.take(IDLE)).toEqual([])
  expect(queue.size).toBe(0)
})

test('LOG16 a change of the room ends its share of a batch', () => {
  const queue = new AppendQueue()
  const room = aRoom(1, 1)
  const before = addPosts(queue, room, 2)
  const close = add(queue, room, { type: 'room', state: 'closed' })
  const after = addPosts(queue, room, 2)
  expect(queue.take(IDLE)).toEqual([...before, close])
  expect(queue.take(IDLE)).toEqual(after)
})

test('LOG18 rooms that wait for another node are left out', () => {
  const queue = new AppendQueue()
  const [held] = addPosts(queue, aRoom(1, 1), 1)
  const [free] = addPosts(queue, aRoom(1, 2), 1)
  expect(queue.take(new Set([1 as RoomId]))).toEqual([free])
  expect(queue.take(IDLE)).toEqual([held])
})

test('LOG19 more than can wait is turned away', () => {
  const queue = new AppendQueue()
  const room = aRoom(1, 1)
  addPosts(queue, room, 20_000)
  expect(() => addPosts(queue, room, 1)).toThrow(expect.objectContaining({ code: 'unavailable' }))
  queue.take(IDLE)
  addPosts(queue, room, 1)
})

test('LOG22 a batch looks at what waits a few times, not once for each of its requests', () => {
  const queue = new AppendQueue()
  addPosts(queue, aRoom(1, 1), 20_000)
  const looks = vi.spyOn(Set.prototype, 'has')
  onTestFinished(() => looks.mockRestore())
  queue.take(IDLE)
  expect(looks.mock.calls.length).toBeLessThan(60_000)
})
