import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { freePort } from './free-port.ts'

/** What the pages in `e2e/hosts` name in double braces. */
export interface HostWords {
  /** Where the server is, without a slash at the end. */
  readonly halley: string
  readonly room?: string
  /** Rooms of the page with many feeds, one feed each. */
  readonly feeds?: readonly string[]
}

/** Pages of a site owner: another origin than the server's. */
export class HostPages {
  readonly url: string
  readonly #server: Server

  private constructor(url: string, server: Server) {
    this.url = url
    this.#server = server
  }

  static async open(words: HostWords): Promise<HostPages> {
    const server = createServer((request, reply) => {
      const name = new URL(request.url ?? '/', 'http://host').pathname.slice(1)
      if (!/^[a-z]+$/.test(name)) return void reply.writeHead(204).end()
      reply.setHeader('content-type', 'text/html; charset=utf-8')
      if (name === 'strict') reply.setHeader('content-security-policy', strictPolicy(words.halley))
      reply.end(page(name, words))
    })
    const port = await freePort()
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return new HostPages(`http://127.0.0.1:${port}`, server)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function page(name: string, { halley, room = '', feeds = [] }: HostWords): string {
  const tags = feeds.map((address) => `<halley-feed room="${address}" data-height="120px"></halley-feed>`)
  return readFileSync(new URL(`../hosts/${name}.html`, import.meta.url), 'utf8')
    .replaceAll('{{halley}}', halley)
    .replaceAll('{{room}}', room)
    .replaceAll('{{feeds}}', tags.join('\n'))
}

/** Nothing but the server, no inline code or style, and no text that becomes code. */
function strictPolicy(halley: string): string {
  const socket = halley.replace(/^http/, 'ws')
  const policy = ["default-src 'none'", `script-src ${halley}`, `connect-src ${halley} ${socket}`]
  return [...policy, "require-trusted-types-for 'script'", "trusted-types 'none'"].join('; ')
}
