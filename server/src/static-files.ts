import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import serve from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** The newest build, and what is kept of those before it. */
const BUILDS = ['dist', 'earlier'].map((name) =>
  fileURLToPath(new URL(`../../widget/${name}/`, import.meta.url)),
)

/**
 * What readers' pages download: `/halley.js`, asked for anew each time, and files with a hash in their names: the same
 * loader for tags that pin it, and what loaders load. Those never change, so they are kept for ever.
 */
export async function staticFiles(app: FastifyInstance, builds: readonly string[] = BUILDS): Promise<void> {
  const root = builds.filter((build) => existsSync(build))
  if (root.length === 0) {
    app.log.warn({ builds }, 'the widget has not been built: /halley.js is missing')
    return
  }
  await app.register(serve, {
    root,
    serve: false,
    cacheControl: false,
    // The build lays a `.br` and a `.gz` beside each file.
    preCompressed: true,
    setHeaders(reply, path) {
      const hashed = /[/\\]assets[/\\]|[/\\]halley-\w+\.js/.test(path)
      reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
      reply.header('cross-origin-resource-policy', 'cross-origin')
    },
  })
  app.get('/halley.js', { schema: { hide: true } }, (_request, reply) => reply.sendFile('halley.js'))
  app.get('/halley-:hash(^\\w+).js', { schema: { hide: true } }, (request, reply) =>
    reply.sendFile(`halley-${(request.params as { hash: string }).hash}.js`),
  )
  app.get<{ Params: { '*': string } }>('/assets/*', { schema: { hide: true } }, (request, reply) =>
    // What is beside a file is that file, compressed; it has no address of its own.
    request.params['*'].endsWith('.js')
      ? reply.sendFile(`assets/${request.params['*']}`)
      : reply.callNotFound(),
  )
}
