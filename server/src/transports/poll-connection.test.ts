import { expect, it, onTestFinished, vi } from 'vitest'
import { changesFrame } from '../fanout/encode-frame.ts'
import { PollConnection } from './poll-connection.ts'
import type { House } from './seat.ts'

function begun(): PollConnection {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const whence = { address: '127.0.0.1', origin: undefined }
  return new PollConnection({} as House, whence, new Map())
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

it('POLL9 leaves no timer behind whoever went away while they were being let in', async () => {
  const connection = begun()
  connection.finish()
  connection.waitFor(25_000)
  expect(await connection.answer).toBe('{"frames":[]}')
  expect(vi.getTimerCount()).toBe(0)
})
