import { EditItem, formatPosition, ItemParams, ModerationReason, PostedItem } from '@halley/shared'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { abilities } from '../auth/abilities.ts'
import type { Caller } from '../auth/caller.ts'
import type { InRoom } from '../auth/in-room.ts'
import { cleanText } from '../filters/clean-text.ts'
import { parseText } from '../filters/parse-text.ts'
import type { EditRequest, ItemRequest } from '../log/change-request.ts'
import type { ItemRecord } from '../log/item-record.ts'
import type { LogReader, LogWriter } from '../log/log.ts'
import { toItem } from '../log/to-item.ts'
import { toPosterItem } from '../log/to-poster-item.ts'
import type { Room } from '../rooms/room.ts'
import { changeItem } from './change-item.ts'
import { type Hiding, hideUntilDecided } from './hide-until-decided.ts'
import { ifMatch } from './if-match.ts'

/** What can be done to an item at `POST …/items/:id/<name>`. */
const ACTIONS = ['restore', 'hold', 'release', 'pin', 'unpin', 'highlight', 'unhighlight'] as const

const ITEM = '/v1/rooms/:site/:room/items/:id'
const MaybeReason = Type.Union([ModerationReason, Type.Null()])
interface Changing {
  Params: ItemParams
  Body: ModerationReason | undefined
}

function itemRequest(type: ItemRequest['type'], request: FastifyRequest<Changing>): ItemRequest {
  const ifRev = ifMatch(request.headers['if-match'])
  const reason = request.body?.reason && cleanText(request.body.reason).trim()
  return { type, id: request.params.id, ...(ifRev !== undefined && { ifRev }), ...(reason && { reason }) }
}

interface Parts {
  readonly inRoom: InRoom
  readonly log: LogReader & LogWriter
  readonly hiding: Hiding
}

async function change(
  { log, hiding }: Parts,
  room: Room,
  caller: Caller,
  request: EditRequest | ItemRequest,
): Promise<PostedItem> {
  const moderates = abilities(caller, room).has('moderate')
  const changing = changeItem(log, room, caller, request)
  const hides = moderates && request.type === 'remove'
  const { item, epoch, rev } = await (hides ? hideUntilDecided(hiding, room, request.id, changing) : changing)
  const record = item as ItemRecord
  const staffItem = moderates ? toItem(record, 'staff') : undefined
  return { item: staffItem ?? toPosterItem(record), position: formatPosition(epoch, rev) }
}

export function moderationRoutes(app: FastifyInstance, parts: Parts): void {
  const { inRoom } = parts
  const answers = { params: ItemParams, response: { 200: PostedItem } }

  app.patch(
    ITEM,
    { schema: { summary: 'Edit an item', tags: ['changing'], body: EditItem, ...answers } },
    inRoom<{ Params: ItemParams; Body: EditItem }>('edit-own', (room, caller, request) => {
      const ifRev = ifMatch(request.headers['if-match'])
      const { body, text } = parseText(request.body.text, room.settings.textLimit)
      const { id } = request.params
      return change(parts, room, caller, {
        type: 'edit',
        id,
        body,
        text,
        ...(ifRev !== undefined && { ifRev }),
      })
    }),
  )

  app.delete(
    ITEM,
    { schema: { summary: 'Remove an item', tags: ['changing'], body: MaybeReason, ...answers } },
    inRoom<Changing>('edit-own', (room, caller, request) =>
      change(parts, room, caller, itemRequest('remove', request)),
    ),
  )

  for (const action of ACTIONS) {
    app.post(
      `${ITEM}/${action}`,
      {
        schema: {
          summary: `${action[0]?.toUpperCase()}${action.slice(1)} an item`,
          tags: ['changing'],
          body: MaybeReason,
          ...answers,
        },
      },
      inRoom<Changing>('moderate', (room, caller, request) =>
        change(parts, room, caller, itemRequest(action, request)),
      ),
    )
  }
}
