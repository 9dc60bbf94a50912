import { expect, it, onTestFinished, vi } from 'vitest'
import { changesFrame } from '../fanout/encode-frame.ts'
import { PollConnection } from './poll-connection.ts'
import type { House } from './seat.ts'
import { UnreadAnswers } from './unread-answers.ts'

function begun(): PollConnection {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const whence = { address: '127.0.0.1', origin: undefined }
  return new PollConnection({} as House, whence, new Map(), new UnreadAnswers().hold('127.0.0.1'))
}

it('POLL8 answers news that comes close together at once, soon after the first', async () => {
  const connection = begun()
  const frames = [1, 2, 3].map((to) =>
    changesFrame({ room: 'acme/keynote', epoch: 'life0', after: to - 1, to, changes: [] }),
  )
  connection.waitFor(25_000)
  for (const frame of frames) {
    connection.send(frame)
    vi.advanceTimersByTime(30)
  }
  vi.advanceTimersByTime(10)
  expect(vi.getTimerCount()).toBe(0)
  expect(JSON.parse(await connection.answer).frames).toHaveLength(3)
})

it('POLL10 gathers no more while a peer, or all together, leave too much unread', () => {
  const unread = new UnreadAnswers()
  const frame = changesFrame({
    room: 'acme/keynote',
    epoch: 'life0',
    after: 0,
    to: 1,
    changes: [`"${'x'.repeat(250_000)}"`],
  })
  const fill = (address: string) => {
    const held = unread.hold(address)
    const one = new PollConnection({} as House, { address, origin: undefined }, new Map(), held)
    while (Number.isFinite(one.queuedBytes())) one.send(frame)
    return held
  }
  const isFull = (address: string) => unread.hold(address).isTooMuch
  const first = fill('2001:db8::1')
  expect(unread.size).toBeLessThan(17_100_000)
  expect([isFull('2001:db8::2'), isFull('203.0.113.1')], 'of one network').toEqual([true, false])
  const others = Array.from({ length: 7 }, (_, n) => fill(`203.0.113.${n}`))
  expect(isFull('198.51.100.1'), 'of all').toBe(true)
  expect(unread.size).toBeLessThan(136_000_000)
  first.release()
  first.release()
  expect([isFull('198.51.100.1'), isFull('2001:db8::2')]).toEqual([false, false])
  for (const held of others) held.release()
  expect(unread.size).toBe(0)
})

it('POLL10 what is said to whoever has gone is not held', () => {
  const unread = new UnreadAnswers()
  const held = unread.hold('203.0.113.1')
  const gone = new PollConnection({} as House, { address: '203.0.113.1', origin: undefined }, new Map(), held)
  gone.finish()
  held.release()
  gone.send(changesFrame({ room: 'acme/keynote', epoch: 'life0', after: 0, to: 1, changes: [] }))
  expect(unread.size).toBe(0)
})

it('POLL9 leaves no timer behind whoever went away while they were being let in', async () => {
  const connection = begun()
  connection.finish()
  connection.waitFor(25_000)
  expect(await connection.answer).toBe('{"frames":[]}')
  expect(vi.getTimerCount()).toBe(0)
})
