import { AckAnswer, AckBody } from '@halley/shared'
import type { FastifyInstance } from 'fastify'
import type { Limits } from '../auth/limits.ts'
import type { SiteId } from '../rooms/room.ts'
import { countAck } from './count-ack.ts'
import { type Doorway, whenceOf } from './doorway.ts'

const NO_SITE = 0 as SiteId

/**
 * `POST /v1/ack`: what `ack` is on a socket, for the other two ways; and for all of them the server's clock. It answers
 * alike whatever rooms are named.
 */
export function ackRoute(app: FastifyInstance, { house }: Doorway, limits: Limits): void {
  app.post<{ Body: AckBody }>(
    '/v1/ack',
    {
      schema: {
        tags: ['reading'],
        summary: 'Confirm what is shown, where `joined` asked for it',
        body: AckBody,
        response: { 200: AckAnswer },
      },
    },
    async (request, reply): Promise<AckAnswer> => {
      const { address } = whenceOf(request)
      await limits.spend('join', { address, site: NO_SITE, caller: { kind: 'anonymous' } })
      // Where nobody is asked nobody has anything to confirm.
      if ((house.ackShare ?? 0) > 0 && Object.keys(request.body.positions).length > 0)
        countAck(request.body, (room) => house.watch.someone(room))
      reply.header('cache-control', 'no-store')
      return { at: new Date().toISOString() }
    },
  )
}
