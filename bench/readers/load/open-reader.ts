import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { maskedText, WebSocketFrames } from '../../fanout/load/web-socket-frames.ts'

export type Transport = 'ws' | 'sse' | 'poll'

export interface Arrival {
  readonly transport: Transport
  readonly port: number
  /** The address to come from; of a whole load, its network: one address has so many ports. */
  readonly from: string
  readonly room: string
  /** Where the reader was; undefined: it begins at the head. */
  readonly since: string | undefined
}

const PING = 9
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])
const HEAD_END = '\r\n\r\n'
const JOINED = '"type":"joined"'
/** One buffer for all sockets: what is read is looked at before anything else is. */
const shared = Buffer.allocUnsafe(1_048_576)

/**
 * Resolves once the answer to the join has come (a poll: once it was sent); all that comes after goes to `take`, with
 * the socket to answer on.
 */
export function openReader(arrival: Arrival, take: (bytes: Buffer, answer: Socket) => void): Promise<void> {
  const { transport, port, from } = arrival
  return new Promise((resolve, reject) => {
    let isLive = false
    let isOpen = false
    const hear = (bytes: Buffer): void => {
      if (isLive) take(bytes, socket)
      else if (bytes.includes(JOINED)) enter()
    }
    const enter = (): void => {
      isLive = true
      resolve()
    }
    const frames = new WebSocketFrames((payload, opcode) => {
      if (opcode === PING) socket.write(PONG)
      else hear(payload)
    })
    const callback = (count: number): boolean => {
      const bytes = shared.subarray(0, count)
      const rest = isOpen || transport === 'poll' ? bytes : afterHead(bytes)
      isOpen = true
      if (transport === 'ws') frames.push(rest)
      else hear(rest)
      return true
    }
    const socket = connect({
      port,
      host: '127.0.0.1',
      localAddress: from,
      onread: { buffer: shared, callback },
    })
    socket.on('connect', () => {
      socket.write(request(arrival))
      if (transport === 'poll') enter()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      if (isLive) throw new Error('the server closed a reader that had joined')
      reject(new Error('the server closed'))
    })
  })
}

/** Throws where the answer is none that begins a stream. */
function afterHead(bytes: Buffer): Buffer {
  const end = bytes.indexOf(HEAD_END)
  const head = bytes.toString('latin1', 0, end < 0 ? 300 : end)
  if (end < 0 || !/^HTTP\/1.1 (101|200) /.test(head)) throw new Error(head)
  return bytes.subarray(end + HEAD_END.length)
}

function request(arrival: Arrival): Buffer | string {
  const { transport, room, since } = arrival
  if (transport === 'ws') {
    const join = maskedText(JSON.stringify({ type: 'join', room, since }))
    // Said at once, as the widget does not wait either: the server reads it after the handshake.
    return Buffer.concat([Buffer.from(handshake()), join])
  }
  const joins = JSON.stringify({ joins: [{ room, since }] })
  return [
    `POST /v1/${transport === 'sse' ? 'stream' : 'poll'} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    `Content-Length: ${joins.length}`,
    `\r\n${joins}`,
  ].join('\r\n')
}

function handshake(): string {
  return [
    'GET /v1/socket HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Protocol: halley.v1',
    '\r\n',
  ].join('\r\n')
}
