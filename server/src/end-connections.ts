import type { FastifyInstance } from 'fastify'

const STEP_MS = 20

/**
 * On closing, ends the connections to which no answer is owed: kept alive by whoever may ask again, or opened by a
 * browser that guessed it might. Node waits for these until they time out.
 */
export function endConnections(app: FastifyInstance): void {
  let owed = 0
  app.server.on('request', (_request, response) => {
    owed += 1
    response.once('close', () => {
      owed -= 1
    })
  })
  app.addHook('preClose', async () => {
    const timer = setInterval(() => {
      if (owed === 0) app.server.closeAllConnections()
      else app.server.closeIdleConnections()
    }, STEP_MS)
    app.server.once('close', () => clearInterval(timer))
  })
}
