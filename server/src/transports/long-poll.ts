import { LIMITS, PollAnswer, PollQuery, StreamBody } from '@halley/shared'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../problem.ts'
import { admitAll, type Decision, type Doorway, whenceOf } from './doorway.ts'
import { readJoins } from './join-list.ts'
import { PollConnection } from './poll-connection.ts'
import { problemFrame } from './problem-frame.ts'

/** `GET` and `POST /v1/poll` */
export function longPoll(app: FastifyInstance, doorway: Doorway): void {
  const schema = {
    tags: ['reading'],
    summary: 'Ask for what happened since, and wait for it',
    querystring: PollQuery,
    response: { 200: PollAnswer },
  }
  app.get<{ Querystring: PollQuery }>('/v1/poll', { exposeHeadRoute: false, schema }, (request, reply) =>
    poll(doorway, request, reply, undefined),
  )
  app.post<{ Querystring: PollQuery; Body: StreamBody }>(
    '/v1/poll',
    { schema: { ...schema, body: StreamBody } },
    (request, reply) => poll(doorway, request, reply, request.body),
  )
}

async function poll(
  doorway: Doorway,
  request: FastifyRequest,
  reply: FastifyReply,
  body: StreamBody | undefined,
): Promise<FastifyReply> {
  const { house, connections, peers, unread } = doorway
  connections.checkOpen()
  const whence = whenceOf(request)
  const query = request.query as PollQuery
  const asks = readJoins({ query, body, headers: request.headers })
  const decisions = await admitAll(doorway, asks, whence)
  if (reply.raw.destroyed) return reply.hijack()
  const disconnect = peers.connect(whence.address)
  const held = unread.hold(whence.address)
  const since = new Map(asks.map(({ room, since }) => [room, since]))
  const connection = new PollConnection(house, whence, since, held)
  connections.add(connection)
  reply.raw.once('close', () => {
    // Whoever has gone is not waited for; whoever does not read the answer is still there.
    connection.finish()
    held.release()
    disconnect()
  })
  try {
    await Promise.all(decisions.map((decision) => enter(connection, decision)))
    connection.waitFor((query.wait ?? LIMITS.pollWaitSeconds) * 1000)
    const answer = await connection.answer
    return reply.header('cache-control', 'no-store').type('application/json; charset=utf-8').send(answer)
  } finally {
    connections.delete(connection)
  }
}

async function enter(connection: PollConnection, [ask, decision]: Decision): Promise<void> {
  if (decision instanceof Problem) connection.send(problemFrame(decision, ask.room))
  else await connection.seats.join(ask, decision)
}
