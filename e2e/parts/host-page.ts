import { createServer, type Server } from 'node:http'

export interface HostPage {
  /** Its address; an origin of its own, as a customer's page has. */
  readonly url: string
  close(): Promise<void>
}

/** A page that embeds us, as somebody else would serve it. `headers` are the page's own, such as its CSP. */
export async function hostPage(
  html: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HostPage> {
  const server: Server = createServer((request, response) => {
    if (request.url !== '/' && !request.url?.startsWith('/?')) {
      // Browsers ask for an icon, and complain of a 404.
      response.writeHead(204).end()
      return
    }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The pasted tag, with `data-*` attributes. */
export function tag(server: string, room: string, data: Readonly<Record<string, string>> = {}): string {
  const attributes = Object.entries({ room, ...data }).map(([name, value]) => ` data-${name}="${value}"`)
  return `<script async src="${server}/halley.js"${attributes.join('')}></script>`
}

/** A plain page around `inside`. */
export function plainPage(inside: string, head = ''): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>${head}</head>
<body style="margin:16px"><h1>A page</h1>${inside}<p id="below">What stands below</p></body></html>`
}
