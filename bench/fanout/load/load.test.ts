import { expect, test } from 'vitest'
import { findMarkers, writeMarker } from './marker.ts'
import { PayloadMarkers } from './payload-markers.ts'
import { Tally } from './tally.ts'
import { maskedText, WebSocketFrames } from './web-socket-frames.ts'

const markers = (...sequences: number[]) => sequences.map((sequence) => ({ sentAt: 0, sequence }))

/** An unmasked text frame. */
function frame(payload: string): Buffer {
  const { length } = payload
  const head =
    length < 126
      ? [0x81, length]
      : length < 65_536
        ? [0x81, 126, length >> 8, length & 255]
        : [0x81, 127, 0, 0, 0, 0, length >> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255]
  return Buffer.concat([Buffer.from(head), Buffer.from(payload)])
}

test('BENCH1 markers are found whatever is around them', () => {
  const text = `{"x":"@T not one ${writeMarker(1_234_567.4, 7)} and ${writeMarker(9, 8)}"},${writeMarker(10, 99_999_999)}`
  expect(findMarkers(Buffer.from(text.slice(text.indexOf('@T0'))))).toEqual([
    { sentAt: 1_234_567, sequence: 7 },
    { sentAt: 9, sequence: 8 },
    { sentAt: 10, sequence: 99_999_999 },
  ])
})

test('BENCH1 payloads that differ in one byte are told apart', () => {
  const known = new PayloadMarkers()
  const [one, other] = [1, 2].map((sequence) => Buffer.from(`item ${writeMarker(5, sequence)}`))
  for (let time = 0; time < 3; time++) {
    expect(known.of(one as Buffer)).toEqual([{ sentAt: 5, sequence: 1 }])
    expect(known.of(other as Buffer)).toEqual([{ sentAt: 5, sequence: 2 }])
  }
})

test('BENCH2 frames of every length are cut from a stream, however it is split', () => {
  const payloads = ['short', 'x'.repeat(125), 'y'.repeat(126), 'z'.repeat(65_535), 'w'.repeat(70_000), '']
  const stream = Buffer.concat(payloads.map(frame))
  for (const size of [61, 4096, 1_000_000]) {
    const got: string[] = []
    const frames = new WebSocketFrames((payload) => got.push(payload.toString()))
    const shared = Buffer.alloc(size)
    for (let at = 0; at < stream.length; at += size) {
      const count = stream.copy(shared, 0, at)
      frames.push(shared.subarray(0, count))
    }
    expect(got).toEqual(payloads)
  }
  expect(maskedText('hello').subarray(6).toString()).toBe('hello')
})

test('BENCH3 a delivery counts once, and a message is complete when every reader has it', () => {
  const tally = new Tally(2, () => true)
  tally.count(0, markers(0, 1, 2), 3000)
  expect([tally.deliveries, tally.complete, tally.wrong]).toEqual([3, 0, 0])
  tally.count(1, markers(0), 4000)
  expect([tally.deliveries, tally.complete, tally.wrong]).toEqual([4, 1, 0])
  tally.count(1, markers(1, 2), 5000)
  expect([tally.deliveries, tally.complete, tally.wrong]).toEqual([6, 3, 0])
  expect(tally.latencies()).toEqual([3, 3, 3, 4, 5, 5])
})

test('BENCH3 what comes twice, out of order or not at all counts as wrong', () => {
  for (const [sequences, wrong] of [
    [[0, 0], 1],
    [[1, 0], 1],
    [[0, 2, 3], 2],
  ] as const) {
    const tally = new Tally(1, () => false)
    tally.count(0, markers(...sequences), 0)
    expect(tally.wrong).toBe(wrong)
  }
})
