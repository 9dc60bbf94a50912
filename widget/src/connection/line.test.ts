import type { Position } from '@halley/shared'
import { expect, test } from 'vitest'
import type { Follower, News } from './follower.ts'
import { Line } from './line.ts'

class Reader implements Follower {
  readonly room = 'acme/keynote'
  readonly view = 'reader'
  readonly token = undefined
  position: Position | undefined
  readonly told: News['type'][] = []

  constructor(epoch: string, rev: number) {
    this.position = { epoch, rev }
  }

  hear(news: News): void {
    this.told.push(news.type)
  }
}

test('CONN12 has only that feed read the room anew whose position is of another epoch, however far ahead it is', () => {
  let woken = 0
  const line = new Line(() => {
    woken += 1
  })
  const here = new Reader('after', 10)
  line.followers.add(here)
  const joined = {
    type: 'joined' as const,
    room: here.room,
    heartbeatMs: 1,
    view: 'reader' as const,
    may: [],
  }
  expect(line.join()).toMatchObject({ since: 'after:10' })
  line.receive({ ...joined, after: 10, position: 'after:10', changes: [] })
  const away = new Reader('before', 1000)
  line.followers.add(away)
  line.ready(away as Reader & { position: Position })
  line.receive({ type: 'changes', room: here.room, after: 10, position: 'after:11', changes: [] })
  expect(away.told).toContain('reset')
  expect(away.position).toBeUndefined()
  expect(here.told).not.toContain('reset')
  expect(here.position).toEqual({ epoch: 'after', rev: 11 })
  expect(woken).toBe(0)
})
