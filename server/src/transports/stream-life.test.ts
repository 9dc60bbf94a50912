import { expect, it } from 'vitest'
import { testApp } from '../test-app.ts'
import { readEvents, type StreamEvent } from './test-follower.ts'
import { listen, newPlace } from './test-place.ts'

const test = await testApp({}, { streamLifeMs: 1 })
const url = await listen(test)

it('SSE7 ends by itself in the end, with where it is in all its rooms', async () => {
  const places = await Promise.all([newPlace(test), newPlace(test)])
  const positions = await Promise.all(places.map(async ({ post }) => (await post('one')).position))
  const rooms = places.map(({ address }) => `room=${address}`).join('&')
  const events: StreamEvent[] = []
  for await (const event of readEvents(await fetch(`${url}/v1/stream?${rooms}`))) events.push(event)
  expect(events.at(-1)).toEqual({
    id: places.map(({ address }, i) => `${address}@${positions[i]}`).join(','),
    data: undefined,
  })
  expect(test.hub.counts().readers).toBe(0)
})
