// A process of its own with readers who lose their node and come back to another one:
// `crowd.ts NETWORK FROM_PORT TO_PORT COUNT WINDOW_MS ROOM…`. Prints what it knows once a second, as JSON.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { ServerFrame } from '@halley/shared'
import { digestOf } from './swift-reader.ts'

/** What a crowd says of itself. Times in milliseconds, of those who have come back: from connecting to the join's answer. */
export interface CrowdReport {
  readonly here: number
  readonly lost: number
  readonly returned: number
  readonly catchUps: readonly number[]
  /** From the first loss to the last return so far. */
  readonly took: number
  /** Tries that failed, and were made again. */
  readonly again: number
  readonly complaints: readonly string[]
  /** By room: each state in which a reader of it is, `rev:digest`. */
  readonly states: Readonly<Record<string, readonly string[]>>
}

const [network = '', from = '', to = '', count = '', windowMs = '', ...rooms] = process.argv.slice(2)
const AT_ONCE = 100
const PORTS_EACH = 4000
const RETRY_MS = 1000
const [PING, MASKED] = [9, 0x80]
const shared = Buffer.allocUnsafe(1_048_576)
const report = { here: 0, lost: 0, returned: 0, again: 0, took: 0 }
const catchUps: number[] = []
const complaints: string[] = []
let firstLoss = 0

interface Place {
  readonly reader: number
  readonly room: string
  epoch: string
  rev: number
  digest: number
}

const places: Place[] = []

function hear(place: Place, frame: ServerFrame): void {
  if (frame.type === 'reset' || frame.type === 'error') complain(place, JSON.stringify(frame))
  if (frame.type !== 'joined' && frame.type !== 'changes') return
  const [epoch = '', head] = frame.position.split(':')
  if (!place.epoch) Object.assign(place, { epoch, rev: Number(head) })
  else if (epoch !== place.epoch || frame.after !== place.rev)
    complain(place, `told what is after ${frame.after}`)
  for (const { rev, item } of frame.changes) {
    if (rev !== place.rev + 1) complain(place, `told ${rev} at ${place.rev}`)
    place.rev = rev
    place.digest = digestOf(item?.id ?? '', place.digest)
  }
}

function complain({ room, rev }: Place, text: string): void {
  if (complaints.length < 20) complaints.push(`${room} at ${rev}: ${text}`)
}

function frame(opcode: number, text: string): Buffer {
  const payload = Buffer.from(text)
  if (payload.length > 125) throw new Error('longer than a reader ever says')
  return Buffer.concat([Buffer.from([0x80 | opcode, MASKED | payload.length, 0, 0, 0, 0]), payload])
}

function hello({ room, epoch, rev }: Place): Buffer {
  const key = randomBytes(16).toString('base64')
  const handshake =
    'GET /v1/socket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: halley.v1\r\n\r\n`
  const since = epoch ? { since: `${epoch}:${rev}` } : {}
  return Buffer.concat([Buffer.from(handshake), frame(1, JSON.stringify({ type: 'join', room, ...since }))])
}

/** Cuts what arrives into frames, after the head of the handshake's answer. */
function cutter(socket: Socket, told: (text: string) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0)
  let isOpen = false
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    if (!isOpen) {
      const end = rest.indexOf('\r\n\r\n')
      if (end < 0) return
      isOpen = true
      rest = rest.subarray(end + 4)
    }
    for (;;) {
      if (rest.length < 2) return
      const short = (rest[1] as number) & 0x7f
      const start = short < 126 ? 2 : short === 126 ? 4 : 10
      if (rest.length < start) return
      const length =
        start === 2 ? short : start === 4 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2))
      if (rest.length < start + length) return
      if (((rest[0] as number) & 15) === PING) socket.write(frame(10, ''))
      else if (((rest[0] as number) & 15) === 1) told(rest.toString('utf8', start, start + length))
      rest = rest.subarray(start + length)
    }
  }
}

/** Resolves with being here; a connection that ends later comes back by itself. */
function come(place: Place, port: string): Promise<void> {
  const begun = performance.now()
  const isBack = port === to
  return new Promise((resolve) => {
    let joined = false
    const localAddress = `${network}.${Math.floor(place.reader / PORTS_EACH) + 1}`
    const callback = (size: number): boolean => {
      cut(shared.subarray(0, size))
      return true
    }
    const onread = { buffer: shared, callback }
    const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress, onread })
    const cut = cutter(socket, (text) => {
      const told = JSON.parse(text) as ServerFrame
      hear(place, told)
      if (joined || told.type !== 'joined') return
      joined = true
      report.here += 1
      if (isBack) {
        report.returned += 1
        report.took = performance.now() - firstLoss
        catchUps.push(Math.round((performance.now() - begun) * 10) / 10)
      }
      resolve()
    })
    socket.on('connect', () => socket.write(hello(place)))
    socket.on('error', () => {})
    socket.on('close', () => {
      if (!joined) {
        report.again += 1
        setTimeout(() => void come(place, port).then(resolve), Math.random() * RETRY_MS)
        return
      }
      report.here -= 1
      report.lost += 1
      firstLoss ||= performance.now()
      setTimeout(() => void come(place, to), Math.random() * Number(windowMs))
    })
  })
}

setInterval(() => {
  const states: Record<string, string[]> = {}
  for (const { room, rev, digest } of places) {
    const state = `${rev}:${digest}`
    states[room] ??= []
    if (!states[room].includes(state)) states[room].push(state)
  }
  console.log(JSON.stringify({ ...report, catchUps, complaints, states } satisfies CrowdReport))
}, 1000)

let next = 0
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    while (next < Number(count)) {
      const reader = next++
      const room = rooms[reader % rooms.length] as string
      const place: Place = { reader, room, epoch: '', rev: 0, digest: 0 }
      places.push(place)
      await come(place, from)
    }
  }),
)
