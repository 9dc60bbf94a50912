import type { FastifyInstance } from 'fastify'
import { sendProblem } from './error-handler.ts'

/** Answers what no route does: `method-not-allowed` where another method would have found one, else `not-found`. */
export function answerNotFound(app: FastifyInstance): void {
  const routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>()
  app.addHook('onRoute', ({ url, method }) => {
    // That is every page's question before it asks, answered for whatever address.
    if (url === '*') return
    const source = url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:\w+/g, '[^/]+')
      .replace(/\*/g, '.*')
    const route = routes.get(url) ?? { pattern: new RegExp(`^${source}$`), methods: new Set<string>() }
    for (const name of [method].flat()) route.methods.add(name)
    routes.set(url, route)
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] as string
    const matching = [...routes.values()].filter(({ pattern }) => pattern.test(path))
    const methods = new Set(matching.flatMap((route) => [...route.methods]))
    if (methods.size === 0 || methods.has(request.method)) return sendProblem(reply, { code: 'not-found' })
    reply.header('allow', [...methods].sort().join(', '))
    return sendProblem(reply, { code: 'method-not-allowed' })
  })
}
