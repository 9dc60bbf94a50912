// A process of its own that misbehaves against a server: `attack.ts KIND PORT ROOM COUNT`. Whoever is thrown out comes
// back. Prints once a second how many connections it opened and how many the server ended.
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

const [kind = '', portText = '', room = '', countText = ''] = process.argv.slice(2)
const port = Number(portText)
const counts = { opened: 0, ended: 0 }

const HOST = 'Host: 127.0.0.1\r\n'
const UPGRADE =
  `GET /v1/socket HTTP/1.1\r\n${HOST}Upgrade: websocket\r\nConnection: Upgrade\r\n` +
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n' +
  'Sec-WebSocket-Protocol: halley.v1\r\n\r\n'
const STREAM = `GET /v1/stream?room=${room} HTTP/1.1\r\n${HOST}\r\n`

/** A client's frame; masked with nothing, which is a mask too. `first` is its first byte. */
function frame(text: string, first = 0x81): Buffer {
  const size = Buffer.alloc(text.length < 126 ? 2 : 4)
  size[0] = first
  size[1] = 0x80 | Math.min(text.length, 126)
  if (text.length >= 126) size.writeUInt16BE(text.length, 2)
  return Buffer.concat([size, Buffer.alloc(4), Buffer.from(text)])
}

const JOIN = frame(JSON.stringify({ type: 'join', room }))
const LEAVE = frame(JSON.stringify({ type: 'leave', room }))

/** Half of them are sockets, half are streams, and all have asked for the room. */
const follow = (socket: Socket, n: number): void => {
  socket.write(n % 2 === 0 ? Buffer.concat([Buffer.from(UPGRADE), JOIN]) : STREAM)
}

/** Reads what the server says, and writes something until it has had enough. */
function pour(socket: Socket, first: Buffer, next: () => Buffer, everyMs: number): void {
  socket.resume()
  socket.write(first)
  const timer = setInterval(() => socket.write(next()), everyMs)
  socket.once('close', () => clearInterval(timer))
}

const HELLO = Buffer.from(UPGRADE)
const ATTACKS: Readonly<Record<string, (socket: Socket, n: number) => void>> = {
  'stop reading': (socket, n) => {
    socket.pause()
    follow(socket, n)
  },
  'read a byte a second': (socket, n) => {
    follow(socket, n)
    const timer = setInterval(() => socket.resume(), 1000)
    socket.once('close', () => clearInterval(timer))
  },
  'shake hands a byte a second': (socket) => {
    let at = 0
    pour(socket, Buffer.alloc(0), () => Buffer.from(UPGRADE[at++ % (UPGRADE.length - 4)] as string), 1000)
  },
  'send garbage': (socket, n) => {
    pour(socket, n % 2 === 0 ? HELLO : Buffer.alloc(0), () => randomBytes(2048), 50)
  },
  'send oversized frames': (socket, n) => {
    const declared = Buffer.concat([Buffer.from([0x81, 0xff]), Buffer.alloc(3), randomBytes(9)])
    const large = Buffer.concat([Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 16, 0, 0]), Buffer.alloc(4)])
    const all = Buffer.concat([HELLO, n % 2 === 0 ? declared : large])
    pour(socket, all, () => Buffer.alloc(16_384, 'a'), 20)
  },
  'send fragments without end': (socket) => {
    pour(socket, Buffer.concat([HELLO, frame('{', 0x01)]), () => frame(' ', 0x00), 10)
  },
  'join and leave without end': (socket) => {
    const both = Buffer.concat([JOIN, LEAVE])
    pour(socket, HELLO, () => both, 5)
  },
}

const attack = ATTACKS[kind]
if (!attack) throw new Error(`there is no attack "${kind}"`)

/** One byte at a time is taken from the kernel, and then no more until it is asked for. */
const byteByByte = { onread: { buffer: Buffer.alloc(1), callback: () => false } }

function begin(n: number): void {
  const socket = connect({ port, host: '127.0.0.1', ...(kind === 'read a byte a second' && byteByByte) })
  socket.on('connect', () => {
    counts.opened += 1
    attack?.(socket, n)
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    counts.ended += 1
    setTimeout(begin, 500 + Math.random() * 1000, n)
  })
}

for (let n = 0; n < Number(countText); n += 1) setTimeout(begin, (n * 3000) / Number(countText), n)
setInterval(() => console.log(JSON.stringify(counts)), 1000)
