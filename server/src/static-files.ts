import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import serve from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const BUILT = fileURLToPath(new URL('../../widget/dist/', import.meta.url))

/**
 * What readers' pages download: `/halley.js`, asked for anew each time, and the hashed files that it loads. Those
 * never change, so they are kept for ever.
 */
export async function staticFiles(app: FastifyInstance, root: string = BUILT): Promise<void> {
  if (!existsSync(root)) {
    app.log.warn({ root }, 'the widget has not been built: /halley.js is missing')
    return
  }
  await app.register(serve, {
    root,
    serve: false,
    cacheControl: false,
    // The build lays a `.br` and a `.gz` beside each file.
    preCompressed: true,
    setHeaders(reply, path) {
      const hashed = /[/\\]assets[/\\]/.test(path)
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      reply.header('cross-origin-resource-policy', 'cross-origin')
    },
  })
  app.get('/halley.js', { schema: { hide: true } }, (_request, reply) => reply.sendFile('halley.js'))
  app.get<{ Params: { '*': string } }>('/assets/*', { schema: { hide: true } }, (request, reply) =>
    // What is beside a file is that file, compressed; it has no address of its own.
    request.params['*'].endsWith('.js')
      ? reply.sendFile(`assets/${request.params['*']}`)
      : reply.callNotFound(),
  )
}
