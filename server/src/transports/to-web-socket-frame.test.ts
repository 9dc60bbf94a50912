import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { Frame } from '../fanout/frame.ts'
import { toEventBlock, toEventData } from './to-event-block.ts'
import { toWebSocketFrame } from './to-web-socket-frame.ts'

it('WIRE16 encodes a frame once for all readers, at every length that the protocol tells apart', async () => {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  const arrived = once(sockets, 'connection')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [, request] = await arrived
  const got: string[] = []
  client.on('message', (data, isBinary) => got.push(isBinary ? 'binary' : data.toString()))
  const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 200_000].map((length) => 'x'.repeat(length))
  texts.push('…'.repeat(42), '🚀 مرحبا'.repeat(9000))
  for (const text of texts) {
    const frame = new Frame('changes', text)
    expect(frame.encodedBy(toWebSocketFrame)).toBe(frame.encodedBy(toWebSocketFrame))
    expect(frame.encodedBy(toEventBlock)).toBe(frame.encodedBy(toEventBlock))
    request.socket.write(frame.encodedBy(toWebSocketFrame))
  }
  request.socket.end()
  await once(client, 'close')
  expect(got).toEqual(texts)
  server.close()
})

it('WIRE16 keeps of a frame no more memory than it has bytes', () => {
  for (const text of ['', 'x', '🚀 مرحبا', 'x'.repeat(200_000)])
    for (const encode of [toWebSocketFrame, toEventBlock, toEventData]) {
      const bytes = new Frame('head', text, 'room', 'position').encodedBy(encode)
      expect(bytes.buffer.byteLength, `${encode.name} of ${text.length}`).toBe(bytes.length)
    }
})
