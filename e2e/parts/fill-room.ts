import { randomUUID } from 'node:crypto'
import type { TestRoom } from './command-line.ts'
import { conversation } from './conversation.ts'

/** Posts a made-up conversation of `count` items into a room with its key, many at a time. */
export async function fillRoom(url: string, place: TestRoom, count: number, longest = 600): Promise<void> {
  const lines = conversation(count, 1, longest)
  const headers = { 'content-type': 'application/json', authorization: place.moderator }
  const post = async (): Promise<void> => {
    for (let line = lines.next(); !line.done; line = lines.next()) {
      const { author, text } = line.value
      const body = JSON.stringify({ id: randomUUID(), text, author: { name: author } })
      const answer = await fetch(`${url}/v1/rooms/${place.room}/items`, { method: 'POST', headers, body })
      if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
      await answer.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: 48 }, post))
}
