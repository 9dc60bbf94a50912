import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../../e2e/parts/until.ts'
import { testApp } from '../test-app.ts'
import type { JoinAsk } from './admission.ts'
import { FOLLOW, type Follower, type FollowOptions, type Transport } from './test-follower.ts'
import { listen, newPlace } from './test-place.ts'

const test = await testApp()
const url = await listen(test)
const following: Follower[] = []
afterEach(() => {
  for (const follower of following.splice(0)) follower.stop()
})

describe.each(['socket', 'stream', 'poll'] as Transport[])('by %s', (transport) => {
  function follow(asks: readonly JoinAsk[], options?: FollowOptions): Follower {
    const follower = FOLLOW[transport](url, asks, options)
    following.push(follower)
    return follower
  }
  const joined = (follower: Follower, room: string) =>
    until(`joined ${room}`, () =>
      follower.frames.find((frame) => frame.type === 'joined' && frame.room === room),
    )

  it('WIRE1 joins at the head where no position is given', async () => {
    const place = await newPlace(test)
    const { position } = await place.post('before')
    const follower = follow([{ room: place.address }])
    expect(await joined(follower, place.address)).toMatchObject({
      position,
      changes: [],
      view: 'reader',
      may: ['read'],
      heartbeatMs: 15_000,
    })
    const { item } = await place.post('after')
    await until('the post', () => JSON.stringify(follower.frames).includes(item.id))
  })
})
