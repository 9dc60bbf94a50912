import { parsePosition } from '@halley/shared'
import { beforeEach, expect, it } from 'vitest'
import { changesFrame, joinedFrame } from '../fanout/encode-frame.ts'
import type { Frame } from '../fanout/frame.ts'
import type { JoinRequest } from '../fanout/membership.ts'
import type { Reader } from '../fanout/reader.ts'
import { Problem } from '../problem.ts'
import type { Admitted, JoinAsk } from './admission.ts'
import { type Host, type House, Seat } from './seat.ts'

const room = 'acme/keynote'
let told: Frame[]
let joins: JoinRequest[]
let vacated: number
/** What happens while a join is being decided, and when it is asked of the room. */
let meanwhile: (seat: Reader) => void
let onJoin: () => void

beforeEach(() => {
  told = []
  joins = []
  vacated = 0
  meanwhile = () => {}
  onJoin = () => {}
})

async function seated(): Promise<Seat> {
  const admit = async (ask: JoinAsk): Promise<Admitted> => {
    meanwhile(seat)
    const since = parsePosition(ask.since ?? '')
    return {
      since,
      view: 'reader',
      may: ['read'],
      expiresAt: Number.POSITIVE_INFINITY,
    } as unknown as Admitted
  }
  const join: House['join'] = async (request, reader) => {
    joins.push(request)
    onJoin()
    const { epoch, rev } = request.since ?? { epoch: 'life0', rev: 1 }
    reader.send(
      joinedFrame({ room, epoch, after: rev, to: rev, changes: [] }, false, {
        view: 'reader',
        may: ['read'],
      }),
    )
    return { leave() {} }
  }
  const watch = { add() {}, delete() {} }
  const house = { admission: { admit }, join, watch, log: { error() {} } } as unknown as House
  const outlet: Reader = { send: (frame) => void told.push(frame), queuedBytes: () => 0, cut() {} }
  const host = { outlet, whence: { address: '', origin: undefined }, vacated: () => (vacated += 1) } as Host
  const seat = new Seat(house, host, { room })
  await seat.enter()
  return seat
}

it('WS13 an auth goes on from what was told while it was decided', async () => {
  const seat = await seated()
  meanwhile = (reader) => reader.send(changesFrame({ room, epoch: 'life0', after: 1, to: 5, changes: [] }))
  await seat.renew('Bearer x')
  expect(joins.map(({ since }) => since?.rev)).toEqual([undefined, 5])
  expect(told.map(({ type }) => type)).toEqual(['joined', 'changes', 'joined'])
})

it('WS13 an auth whose join fails is told so, and the room is left', async () => {
  const seat = await seated()
  onJoin = () => {
    throw new Problem('unavailable')
  }
  await seat.renew('Bearer x')
  expect(told.map(({ type }) => type)).toEqual(['joined', 'error'])
  expect(vacated).toBe(1)
})

it('WS9 an auth that is refused is told so, and the room goes on', async () => {
  const seat = await seated()
  meanwhile = () => {
    throw new Problem('token-invalid')
  }
  await seat.renew('Bearer x')
  seat.send(changesFrame({ room, epoch: 'life0', after: 1, to: 2, changes: [] }))
  expect(told.map(({ type }) => type)).toEqual(['joined', 'error', 'changes'])
  expect(vacated).toBe(0)
})
