import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { maskedText, WebSocketFrames } from './web-socket-frames.ts'

/** How to become a reader of a server: an address, and what to say to what it says. */
export interface Dialect {
  readonly path: string
  readonly protocol?: string
  /** Sent when the socket is open. */
  readonly hello?: string
  /** The reader is live when a message begins with this; without it, when the socket is open. */
  readonly live?: string
  /** Answers to messages that begin with the key. */
  readonly answers?: Record<string, string>
}

const PING = 9
const PONG = Buffer.from([0x8a, 0x80, 0, 0, 0, 0])
/** Whatever is no longer than this is no item. */
const SHORT = 100

/** One buffer for all sockets: what is read is looked at before anything else is. */
const shared = Buffer.allocUnsafe(1_048_576)

/** Resolves when the reader is live; every payload after that goes to `take`. */
export function connectReader(
  port: number,
  dialect: Dialect,
  take: (payload: Buffer) => void,
): Promise<() => void> {
  return new Promise((resolve, reject) => {
    let head: string | undefined = ''
    let live = false
    const frames = new WebSocketFrames((payload, opcode) => {
      if (opcode === PING) socket.write(PONG)
      else if (live && payload.length > SHORT) take(payload)
      else listen(payload.toString())
    })
    const enter = (): void => {
      live = true
      resolve(() => socket.destroy())
    }
    const listen = (text: string): void => {
      for (const [start, answer] of Object.entries(dialect.answers ?? {})) {
        if (text.startsWith(start)) socket.write(maskedText(answer))
      }
      if (!live && dialect.live !== undefined && text.startsWith(dialect.live)) enter()
    }
    const open = (bytes: Buffer): void => {
      head += bytes.toString('latin1')
      const end = head?.indexOf('\r\n\r\n') ?? -1
      if (head === undefined || end < 0) return
      if (!head.startsWith('HTTP/1.1 101')) reject(new Error(head.slice(0, 100)))
      const rest = Buffer.from(head.slice(end + 4), 'latin1')
      head = undefined
      if (dialect.hello) socket.write(maskedText(dialect.hello))
      if (dialect.live === undefined) enter()
      frames.push(rest)
    }
    const socket = connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer: shared,
        callback: (count) => {
          const bytes = shared.subarray(0, count)
          if (head === undefined) frames.push(bytes)
          else open(bytes)
          return true
        },
      },
    })
    socket.on('connect', () => socket.write(handshake(dialect)))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the server closed')))
  })
}

function handshake({ path, protocol }: Dialect): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...(protocol ? [`Sec-WebSocket-Protocol: ${protocol}`] : []),
    '\r\n',
  ].join('\r\n')
}
