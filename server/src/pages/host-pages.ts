import { readFile } from 'node:fs/promises'
import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'

/** The demo's pages: none, only the readers', or the moderator's too. */
export type DemoPages = 'none' | 'reader' | 'all'

/** What a strict site sends with its pages; the feed has to work under it. */
const HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'cache-control': 'no-cache',
  'referrer-policy': 'strict-origin-when-cross-origin',
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
}

/** Serves `/`, which is the demo's page or says what this server is, and `/moderator` where that is safe. */
export async function hostPages(app: FastifyInstance, { demo }: { demo: DemoPages }): Promise<void> {
  // Only the page that has a moderator beside it links to them.
  const withoutDesk = (page: string) => page.replace(/ *<p class="desk">.*?<\/p>\n/s, '')
  await servePage(
    app,
    '/',
    demo === 'none' ? 'plain.html' : 'reader.html',
    demo === 'all' ? undefined : withoutDesk,
  )
  await servePage(app, '/demo/page.css', 'page.css')
  await servePage(app, '/demo/icon.svg', 'icon.svg')
  if (demo === 'none') return
  await servePage(app, '/demo/page.js', 'page.js')
  if (demo !== 'all') return
  await servePage(app, '/moderator', 'moderator.html')
  await servePage(app, '/demo/moderator.js', 'moderator.js')
}

async function servePage(
  app: FastifyInstance,
  path: string,
  file: string,
  change = (content: string) => content,
): Promise<void> {
  const content = change(await readFile(new URL(`static/${file}`, import.meta.url), 'utf8'))
  const type = TYPES[file.split('.').at(-1) as string] as string
  app.get(path, { schema: { hide: true } }, (_request, reply) => {
    reply.headers(HEADERS).type(type).send(content)
  })
}
