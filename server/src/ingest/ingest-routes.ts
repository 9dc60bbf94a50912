import { formatPosition, HeldItem, PostedItem, PostItem, RoomParams } from '@halley/shared'
import type { FastifyInstance } from 'fastify'
import type { InRoom } from '../auth/in-room.ts'
import type { ItemRecord } from '../log/item-record.ts'
import { toPosterItem } from '../log/to-poster-item.ts'
import { type Posting, postItem } from './post-item.ts'

export function ingestRoutes(app: FastifyInstance, parts: { inRoom: InRoom; posting: Posting }): void {
  app.post(
    '/v1/rooms/:site/:room/items',
    {
      attachValidation: true,
      schema: {
        summary: 'Post an item',
        tags: ['posting'],
        params: RoomParams,
        body: PostItem,
        response: { 200: PostedItem, 201: PostedItem, 202: HeldItem },
      },
    },
    parts.inRoom<{ Body: PostItem }>(
      { may: 'read', spends: 'post' },
      async (room, caller, request, reply): Promise<PostedItem | HeldItem> => {
        const arrivedAt = performance.now() - reply.elapsedTime
        const answer = await postItem(parts.posting, room, caller, request.body, arrivedAt)
        if (answer.status === 'queued') {
          reply.code(202)
          return answer
        }
        const { status, epoch, rev, item } = answer
        const record = item as ItemRecord
        if (record.state === 'held') {
          reply.code(202)
          return { id: record.id, status: 'held' }
        }
        reply.code(status === 'done' ? 201 : 200)
        return { item: toPosterItem(record), position: formatPosition(epoch, rev) }
      },
    ),
  )
}
