import { randomBytes } from 'node:crypto'
import { connect, type TcpNetConnectOpts } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { maskedText, WebSocketFrames } from '../../fanout/load/web-socket-frames.ts'

interface Following {
  readonly url: string
  readonly rooms: readonly string[]
  /** A local address to come from; one address has only so many ports. */
  readonly from: string | undefined
  /** Every payload after the joins were answered. */
  readonly take: (payload: Buffer) => void
  /** Called when the server or the network ends it after that. */
  readonly lost: () => void
}

const PING = 9
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])
const HEAD_END = '\r\n\r\n'
const JOINED = '"type":"joined"'
/** One buffer for all sockets: what is read is looked at before anything else is. */
const shared = Buffer.allocUnsafe(1_048_576)

/** Resolves when every room was joined. Rejects with what the server said instead. */
export function openFollower({ url, rooms, from, take, lost }: Following): Promise<void> {
  const { hostname, port, protocol } = new URL(url)
  const isSafe = protocol === 'https:'
  return new Promise((resolve, reject) => {
    let waiting = rooms.length
    let head: string | undefined = ''
    const frames = new WebSocketFrames((payload, opcode) => {
      if (opcode === PING) socket.write(PONG)
      else if (waiting === 0) take(payload)
      else if (payload.includes(JOINED)) {
        waiting -= 1
        if (waiting === 0) resolve()
      } else if (payload.includes('"type":"error"')) reject(new Error(payload.toString()))
      else take(payload)
    })
    const hear = (bytes: Buffer): void => {
      if (head === undefined) {
        frames.push(bytes)
        return
      }
      head += bytes.toString('latin1')
      const end = head.indexOf(HEAD_END)
      if (end < 0) return
      if (!head.startsWith('HTTP/1.1 101')) reject(new Error(head.slice(0, 200)))
      const rest = Buffer.from(head.slice(end + HEAD_END.length), 'latin1')
      head = undefined
      frames.push(rest)
    }
    const callback = (count: number): boolean => {
      hear(shared.subarray(0, count))
      return true
    }
    const options: TcpNetConnectOpts = {
      // An address of IPv6 stands in brackets.
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || (isSafe ? 443 : 80),
      ...(from && { localAddress: from }),
      onread: { buffer: shared, callback },
    }
    const socket = isSafe ? connectTls({ ...options, servername: hostname }) : connect(options)
    socket.on(isSafe ? 'secureConnect' : 'connect', () => {
      const joins = rooms.map((room) => maskedText(JSON.stringify({ type: 'join', room })))
      socket.write(Buffer.concat([Buffer.from(handshake(new URL(url).host)), ...joins]))
    })
    socket.on('error', reject)
    socket.on('close', () => {
      if (waiting === 0) lost()
      else reject(new Error('the server closed'))
    })
  })
}

function handshake(host: string): string {
  return [
    'GET /v1/socket HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Protocol: halley.v1',
    '\r\n',
  ].join('\r\n')
}
