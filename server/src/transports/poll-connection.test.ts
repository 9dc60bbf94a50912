import { expect, it, onTestFinished, vi } from 'vitest'
import { PollConnection } from './poll-connection.ts'
import type { House } from './seat.ts'

it('POLL9 leaves no timer behind whoever went away while they were being let in', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const whence = { address: '127.0.0.1', origin: undefined }
  const connection = new PollConnection({} as House, whence, new Map())
  connection.finish()
  connection.waitFor(25_000)
  expect(await connection.answer).toBe('{"frames":[]}')
  expect(vi.getTimerCount()).toBe(0)
})
