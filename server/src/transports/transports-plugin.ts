import type { FastifyInstance } from 'fastify'
import type { Identify } from '../auth/identify.ts'
import type { RoomFinder } from '../auth/in-room.ts'
import type { Limits } from '../auth/limits.ts'
import type { Join } from '../fanout/membership.ts'
import { ackRoute } from './ack-route.ts'
import { Admission } from './admission.ts'
import { Connections } from './connections.ts'
import { eventStream } from './event-stream.ts'
import { longPoll } from './long-poll.ts'
import { Peers } from './peers.ts'
import { SeatWatch } from './seat-watch.ts'
import { UnreadAnswers } from './unread-answers.ts'
import { webSocket } from './web-socket.ts'

export interface TransportParts {
  readonly join: Join
  readonly rooms: RoomFinder
  readonly identify: Identify
  readonly limits: Limits
  /** Connections of one address, at most. */
  readonly connectionsPerAddress: number
  /** The share of joins, from 0 to 1, that are asked to confirm what they show. */
  readonly ackShare?: number
  /** Milliseconds for which a stream lasts, give or take a fifth. */
  readonly streamLifeMs?: number
}

/**
 * Registers the three ways to follow rooms. Whoever stops the server sends readers away through what is returned;
 * a server that is closed without that does it at once.
 */
export async function transports(app: FastifyInstance, parts: TransportParts): Promise<Connections> {
  const admission = new Admission(parts)
  const watch = new SeatWatch(admission)
  const connections = new Connections()
  const peers = new Peers(parts.connectionsPerAddress)
  const { join, ackShare = 0 } = parts
  const house = { admission, join, watch, ackShare, log: app.log }
  const doorway = { house, connections, peers, unread: new UnreadAnswers() }
  await webSocket(app, doorway)
  eventStream(app, doorway, parts.streamLifeMs)
  longPoll(app, doorway)
  ackRoute(app, doorway, parts.limits)
  app.addHook('preClose', async () => {
    watch.end()
    await connections.goAway(0)
  })
  return connections
}
