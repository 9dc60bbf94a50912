import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import websocket from '@fastify/websocket'
import { CLOSE_CODES, LIMITS, SUBPROTOCOL } from '@halley/shared'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import { Problem } from '../problem.ts'
import { type Doorway, whenceOf } from './doorway.ts'
import { SocketConnection } from './socket-connection.ts'

/** How long a closing handshake may take; whoever does not read is not waited for. */
const CLOSE_TIMEOUT_MS = 1000

/** Types of `ws` are behind what it reads. */
const OPTIONS = {
  maxPayload: LIMITS.frameBytes,
  maxFragments: 64,
  maxBufferedChunks: 1024,
  perMessageDeflate: false,
  clientTracking: false,
  closeTimeout: CLOSE_TIMEOUT_MS,
  handleProtocols: (asked: Set<string>): string | false => asked.has(SUBPROTOCOL) && SUBPROTOCOL,
}

/** `GET /v1/socket` */
export async function webSocket(app: FastifyInstance, doorway: Doorway): Promise<void> {
  // The plugin that ends all connections ends these too.
  await app.register(websocket, { options: OPTIONS, preClose: (done) => done() })
  app.route({
    method: 'GET',
    url: '/v1/socket',
    schema: { tags: ['reading'], summary: 'Follow rooms over a WebSocket (halley.v1)' },
    onRequest: async (request) => {
      if (request.ws) doorway.connections.checkOpen()
    },
    handler: async () => {
      throw new Problem('bad-request', 'This address speaks WebSocket')
    },
    wsHandler: (socket, request) => welcome(socket, request, doorway),
  })
}

/**
 * Everything that listens to the socket is attached here, before anything asynchronous: an error without a listener
 * would end the process. The listener that the plugin left holds the request and the reply, and so makes way.
 */
function welcome(socket: WebSocket, request: FastifyRequest, { house, connections, peers }: Doorway): void {
  socket.removeAllListeners('error')
  socket.on('error', ignoreError)
  const raw = request.raw.socket
  detachResponse(raw)
  const whence = whenceOf(request)
  let disconnect: () => void
  try {
    disconnect = peers.connect(whence.address)
  } catch {
    socket.close(CLOSE_CODES['too-many'].code, 'too-many')
    return
  }
  const connection = new SocketConnection(socket, raw, house, whence)
  socket.on('message', (data: Buffer, isBinary) => connection.hear(data, isBinary))
  socket.on('pong', () => connection.heard())
  socket.on('close', () => {
    connection.closed()
    connections.delete(connection)
    disconnect()
  })
  connections.add(connection)
}

function ignoreError(): void {
  // `close` follows, and says all that we need.
}

/** The response to the handshake was never sent by its own socket, which still refers to it, and so to the request. */
function detachResponse(raw: Socket & { _httpMessage?: ServerResponse }): void {
  raw._httpMessage?.detachSocket(raw)
}
