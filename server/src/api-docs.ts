import swagger from '@fastify/swagger'
import { Problem } from '@halley/shared'
import scalar from '@scalar/fastify-api-reference'
import type { FastifyInstance } from 'fastify'

/** The reader is served from here and asks nobody else; its script makes styles, so those are allowed inline. */
const PAGE_RULES = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const PROBLEM = {
  description: 'What went wrong, by its code',
  content: { 'application/problem+json': { schema: Problem } },
}

/** `/docs`: every route that is registered after this, from the schemas that check its requests. */
export async function apiDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    transform: ({ schema, url }) => {
      const { response, ...rest } = schema ?? {}
      return { schema: { ...rest, response: { ...(response as object), default: PROBLEM } }, url }
    },
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Halley',
        version: '1',
        description: 'Live rooms for any web page. Errors are RFC 9457 problems: act on their `code`.',
      },
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key (hk_…) or a JWT signed by the site',
          },
          guest: {
            type: 'apiKey',
            in: 'header',
            name: 'Authorization',
            description: 'Guest and 32 random bytes',
          },
        },
      },
      security: [{}, { bearer: [] }, { guest: [] }],
    },
  })
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      withDefaultFonts: false,
      telemetry: false,
      hideClientButton: true,
      showDeveloperTools: 'never',
      // Both would ask their maker's servers.
      agent: { disabled: true },
      mcp: { disabled: true },
    },
    hooks: {
      onRequest: async (_request, reply) => {
        reply.header('content-security-policy', PAGE_RULES)
      },
    },
  })
}
