import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import WebSocket, { WebSocketServer } from 'ws'
import { until } from '../../../e2e/parts/until.ts'
import type { House } from './seat.ts'
import { SocketConnection } from './socket-connection.ts'

const SECOND = 1000

/** A connection that joins nothing, and the client at its other end. */
async function pair(autoPong: boolean): Promise<[SocketConnection, WebSocket]> {
  const server = createServer()
  const sockets = new WebSocketServer({ server })
  const arrived = once(sockets, 'connection')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { autoPong })
  onTestFinished(() => {
    client.terminate()
    server.close()
  })
  await once(client, 'open')
  const [socket, request] = await arrived
  const whence = { address: '127.0.0.1', origin: undefined }
  const connection = new SocketConnection(socket, request.socket, {} as House, whence)
  socket.on('pong', () => connection.heard())
  return [connection, client]
}

it('WS12 asks a silent socket, and ends it within 30 s of its last sign of life', async () => {
  const [connection, client] = await pair(false)
  const asked = once(client, 'ping')
  const ended = once(client, 'close')
  const now = performance.now()
  connection.tick(now + 20 * SECOND)
  connection.tick(now + 22 * SECOND)
  await asked
  connection.tick(now + 28 * SECOND)
  expect(client.readyState).toBe(WebSocket.OPEN)
  connection.tick(now + 29 * SECOND)
  await ended
})

it('WS12 keeps a socket that answers, though its page says nothing', async () => {
  const [connection, client] = await pair(true)
  const before = performance.now()
  let asked = 0
  client.on('ping', () => {
    asked += 1
  })
  connection.tick(before + 23 * SECOND)
  await until('a ping', () => asked === 1)
  // It is asked again only when it has been silent for as long once more: the answer has come.
  await until('its answer', () => {
    connection.tick(performance.now() + 23 * SECOND)
    return asked >= 2
  })
  expect(client.readyState).toBe(WebSocket.OPEN)
})

it('WS12 asks before it ends anybody, also when it was stopped itself for a while', async () => {
  const [connection, client] = await pair(true)
  const asked = once(client, 'ping')
  connection.tick(performance.now() + 1000 * SECOND)
  await asked
  expect(client.readyState).toBe(WebSocket.OPEN)
})
