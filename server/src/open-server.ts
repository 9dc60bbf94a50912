import cors from '@fastify/cors'
import { LIMITS } from '@halley/shared'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyRequest,
  LogController,
} from 'fastify'
import { compileValidator } from './compile-validator.ts'
import type { Config } from './config.ts'
import { handleError, refuseUnreadable } from './error-handler.ts'
import { answerNotFound } from './not-found.ts'
import { parseJson } from './parse-json.ts'
import { Problem } from './problem.ts'

/** Milliseconds in which a whole request must have arrived. */
const REQUEST_MS = 30_000
/** Milliseconds without a byte in either direction after which an exchange is given up; the longest poll waits less. */
const SILENT_MS = 60_000

/** The one content type of bodies; checked as it was sent, because parsers disagree about blanks in it. */
const JSON_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i

function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      if (!JSON_TYPE.test(request.headers['content-type'] ?? '')) throw new Problem('media-type')
      return body.length === 0 ? undefined : parseJson(body)
    },
  )
}

/** Any page may ask: what it may do there is decided by tokens and the site's origins, never by cookies. */
async function allowAllPages(app: FastifyInstance): Promise<void> {
  await app.register(cors, {
    origin: '*',
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'Last-Event-ID'],
    exposedHeaders: ['ETag', 'Retry-After'],
    maxAge: 86_400,
  })
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
  })
}

/** A Fastify with our rules and no routes yet; `silentMs` stands in for the usual minute. */
export async function openServer(
  config: Pick<Config, 'trustProxy'>,
  logger: FastifyBaseLogger,
  silentMs = SILENT_MS,
): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: config.trustProxy,
    bodyLimit: LIMITS.frameBytes,
    requestTimeout: REQUEST_MS,
    connectionTimeout: silentMs,
    // Whoever still reaches us on a connection that was open is served, and told that it ends.
    return503OnClosing: false,
    // A program that merely offers another protocol (`Upgrade: h2c`) has asked in this one, and is answered in it.
    http: { shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket' },
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => void handleError(error as FastifyError, request, reply),
  })
  app.setValidatorCompiler(compileValidator)
  // Answers are made by the code that the types check; their schemas are for the documentation.
  app.setSerializerCompiler(() => JSON.stringify)
  app.setErrorHandler(handleError)
  readBodies(app)
  answerNotFound(app)
  await allowAllPages(app)
  return app
}
