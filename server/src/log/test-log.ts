import { randomUUID } from 'node:crypto'
import type { Bus, RoomNews } from '../bus/bus.ts'
import type { Database } from '../db/database.ts'
import { createRoom } from '../rooms/create-room.ts'
import { createSite } from '../rooms/create-site.ts'
import type { Room, RoomId } from '../rooms/room.ts'
import type { PostRequest } from './change-request.ts'
import { type Log, openLog } from './open-log.ts'

export const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** For tests: a log, and the news that it announced, in order. */
export function testLog(
  database: Database,
  lockWaitMs?: number,
): { log: Log; news: (RoomNews & { room: RoomId })[] } {
  const news: (RoomNews & { room: RoomId })[] = []
  const publish: Bus['publish'] = (room, one) => void news.push({ ...one, room })
  return { log: openLog({ database, bus: { publish }, log: silent, lockWaitMs }), news }
}

/** For tests: a room of a site of its own. */
export async function testRoom(database: Database): Promise<Room> {
  const site = await createSite(database, { slug: `s${randomUUID()}` })
  const room = site && (await createRoom(database, site, { slug: 'room', title: 'A room' }))
  if (!room) throw new Error('the slugs were taken')
  return room
}

/** For tests: a post, of `text` alone. */
export function aPost(text: string, rest: Partial<PostRequest> = {}): PostRequest {
  const body = [{ type: 'paragraph' as const, children: [text] }]
  const id = randomUUID()
  return { type: 'post', id, kind: 'post', author: { name: 'Ada' }, body, text, hash: text, ...rest }
}
