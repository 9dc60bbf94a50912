import { MistakeReport } from '@halley/shared'
import type { FastifyInstance } from 'fastify'
import { Allowance } from './allowance.ts'
import { countMistake } from './mistakes.ts'

/** Of all pages together: what a bad release does is seen from a few. */
const PER_MINUTE = 120

/** `POST /v1/faults`: the widget tells of its own mistakes. Whatever is done with it, the answer is the same. */
export function faultsRoute(app: FastifyInstance): void {
  const allowance = new Allowance(PER_MINUTE)
  app.post<{ Body: MistakeReport }>(
    '/v1/faults',
    { bodyLimit: 4096, schema: { hide: true, body: MistakeReport } },
    async (request, reply) => {
      const { release, code, at } = request.body
      if (allowance.take(performance.now())) countMistake({ where: 'widget', release, code, at })
      return reply.code(204).send()
    },
  )
}
