import type { AddressInfo } from 'node:net'
import type { PostedItem } from '@halley/shared'
import type { NewRoom } from '../rooms/create-room.ts'
import type { Room, Site } from '../rooms/room.ts'
import type { TestApp } from '../test-app.ts'

/** A room of a site of its own, and a moderator's hands in it. */
export interface Place {
  readonly site: Site
  readonly room: Room
  readonly address: string
  /** `Authorization` of a key that may moderate. */
  readonly moderator: string
  post(text: string): Promise<PostedItem>
  /** `DELETE`s the item, or `POST`s one of the moderator's verbs; resolves with the room's position afterwards. */
  moderate(id: string, verb: 'remove' | 'restore' | 'pin' | 'release'): Promise<string>
}

export async function listen({ app }: TestApp): Promise<string> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

export async function newPlace(
  test: TestApp,
  room?: Partial<NewRoom>,
  origins?: readonly string[],
): Promise<Place> {
  const site = await test.site(origins)
  const made = await test.room(site, room)
  const moderator = await test.key(site, 'moderate')
  const items = `/v1/rooms/${made.address}/items`
  const ask = async (method: 'POST' | 'DELETE', url: string, payload?: object) => {
    const headers = { authorization: moderator }
    const answer = await test.app.inject({ method, url, headers, ...(payload && { payload }) })
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
    return answer.json()
  }
  return {
    site,
    room: made,
    address: made.address,
    moderator,
    post: (text) => ask('POST', items, { text, author: { name: 'Ada' } }),
    moderate: async (id, verb) => {
      const answer = await (verb === 'remove'
        ? ask('DELETE', `${items}/${id}`)
        : ask('POST', `${items}/${id}/${verb}`, {}))
      return answer.position
    },
  }
}
