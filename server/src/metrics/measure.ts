import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config.ts'
import { Problem } from '../problem.ts'
import { ErrorReports } from './error-reports.ts'
import { faultsRoute } from './faults-route.ts'
import { showFigures } from './measure-here.ts'
import { metrics, registry } from './metrics.ts'
import { reportMistakes } from './mistakes.ts'

/** Times every request, and shows all that is measured to whoever has the token; without one there is no such page.
 * `gather` brings what all processes of the node measure. */
export function measure(
  app: FastifyInstance,
  { metricsToken: token, errorReportUrl }: Pick<Config, 'metricsToken' | 'errorReportUrl'>,
  gather?: () => Promise<readonly unknown[] | undefined>,
): void {
  if (errorReportUrl !== undefined) reportMistakes(new ErrorReports(errorReportUrl, app.log))
  faultsRoute(app)
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    metrics.httpSeconds.observe(
      { method: request.method, route, status: reply.statusCode },
      reply.elapsedTime / 1000,
    )
  })
  if (token === undefined) return
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (!isBearer(request.headers.authorization, token)) throw new Problem('token-invalid')
    return reply
      .header('cache-control', 'no-store')
      .type(registry.contentType)
      .send(await showFigures(gather))
  })
}

function isBearer(authorization: string | undefined, token: string): boolean {
  const [said, asked] = [Buffer.from(authorization ?? ''), Buffer.from(`Bearer ${token}`)]
  return said.length === asked.length && timingSafeEqual(said, asked)
}
