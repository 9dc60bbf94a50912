import { expect, it } from 'vitest'
import { changesFrame, headFrame, joinedFrame } from '../fanout/encode-frame.ts'
import { PollConnection } from './poll-connection.ts'
import type { House } from './seat.ts'

const ROOM = 'acme/keynote'
const span = (after: number, to: number) => ({ room: ROOM, epoch: 'k3f9', after, to, changes: [] })

it('POLL8 answers news that comes close together with one answer', async () => {
  const whence = { address: '127.0.0.1', origin: undefined }
  const connection = new PollConnection({} as House, whence, new Map([[ROOM, 'k3f9:1']]))
  connection.send(joinedFrame(span(1, 1), false, 'reader', ['read']))
  connection.waitFor(600_000)
  connection.send(headFrame(ROOM, 'k3f9', 1))
  connection.send(changesFrame(span(1, 2)))
  connection.send(changesFrame(span(2, 3)))
  const { frames } = JSON.parse(await connection.answer)
  expect(frames).toMatchObject([
    { type: 'joined', after: 1 },
    { type: 'changes', after: 1 },
    { type: 'changes', after: 2 },
  ])
})
