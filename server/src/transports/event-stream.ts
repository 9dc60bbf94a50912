import { StreamBody, StreamQuery } from '@halley/shared'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../problem.ts'
import { admitAll, type Doorway, whenceOf } from './doorway.ts'
import { readJoins } from './join-list.ts'
import { problemFrame } from './problem-frame.ts'
import { PADDING, StreamConnection } from './stream-connection.ts'
import { takeSocket } from './take-socket.ts'

/** A stream ends by itself after about this long, so that no deploy and no balancer is stuck with it. */
const LIFE_MS = 300_000
const LIFE_SPREAD = 0.2

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
  connection: 'close',
}

/** `GET` and `POST /v1/stream`: `lifeMs` is for tests. */
export function eventStream(app: FastifyInstance, doorway: Doorway, lifeMs = LIFE_MS): void {
  const open = (request: FastifyRequest, reply: FastifyReply, body: StreamBody | undefined) =>
    openStream(doorway, request, reply, body, lifeMs)
  const schema = { tags: ['reading'], summary: 'Follow rooms as an event stream' }
  app.get<{ Querystring: StreamQuery }>(
    '/v1/stream',
    // Asked for its head alone, a stream would hang without a word.
    { exposeHeadRoute: false, schema: { ...schema, querystring: StreamQuery } },
    (request, reply) => open(request, reply, undefined),
  )
  app.post<{ Body: StreamBody }>(
    '/v1/stream',
    { schema: { ...schema, body: StreamBody } },
    (request, reply) => open(request, reply, request.body),
  )
}

async function openStream(
  doorway: Doorway,
  request: FastifyRequest,
  reply: FastifyReply,
  body: StreamBody | undefined,
  lifeMs: number,
): Promise<void> {
  const { house, connections, peers } = doorway
  connections.checkOpen()
  const whence = whenceOf(request)
  const asks = readJoins({ query: request.query as StreamQuery, body, headers: request.headers })
  const decisions = await admitAll(doorway, asks, whence)
  if (reply.raw.destroyed) {
    // They have gone meanwhile, and nothing would tell of it any more.
    reply.hijack()
    return
  }
  // An answer to an earlier request of the same connection is still to come, and a stream would never end.
  if (!reply.raw.socket) throw new Problem('bad-request', 'A stream needs a connection of its own')
  const disconnect = peers.connect(whence.address)
  const socket = takeSocket(reply.hijack().raw, headersOf(reply), PADDING)
  const spread = 1 + LIFE_SPREAD * (2 * Math.random() - 1)
  const connection = new StreamConnection(socket, house, {
    whence,
    rooms: asks.length,
    lifeMs: lifeMs * spread,
  })
  socket.on('close', () => {
    connection.closed()
    connections.delete(connection)
    disconnect()
  })
  connections.add(connection)
  for (const [ask, decision] of decisions) {
    if (decision instanceof Problem) connection.send(problemFrame(decision, ask.room))
    else connection.seats.join(ask, decision)
  }
}

/** What hooks have set, and ours, which ends by closing: one buffer for all readers, without a frame around it for each. */
function headersOf(reply: FastifyReply): [string, unknown][] {
  return Object.entries({ ...reply.getHeaders(), ...HEADERS })
}
