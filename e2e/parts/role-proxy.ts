import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'

export type Role = 'api' | 'stream' | 'ingest' | 'jobs'

/** Which part of the service answers a request: what an operator's balancer is told. */
function roleOf({ method = 'GET', url = '/' }: IncomingMessage): Role {
  if (/^\/v1\/(socket|stream|poll|ack)\b/.test(url)) return 'stream'
  return url.startsWith('/v1/') && method !== 'GET' && method !== 'HEAD' ? 'ingest' : 'api'
}

/** A balancer that sends each request to a server of its role, one after the other, and answers 502 where that is away. */
export class RoleProxy {
  readonly #server: Server
  readonly #ports: Readonly<Record<Role, readonly number[]>>
  readonly #turns = { api: 0, stream: 0, ingest: 0, jobs: 0 }
  readonly #sockets = new Set<Socket>()

  private constructor(ports: Readonly<Record<Role, readonly number[]>>) {
    this.#ports = ports
    this.#server = createServer((asked, answer) => {
      const { method, headers, url: path } = asked
      const options = { host: '127.0.0.1', port: this.#portFor(asked), method, headers, path }
      const passed = request(options, (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers)
        got.pipe(answer)
        got.on('error', () => answer.destroy())
        got.on('aborted', () => answer.destroy())
      })
      passed.on('error', () => {
        if (answer.headersSent) answer.destroy()
        else answer.writeHead(502).end()
      })
      answer.on('close', () => passed.destroy())
      asked.pipe(passed)
    })
    this.#server.on('upgrade', (asked: IncomingMessage, client: Socket, head: Buffer) =>
      this.#upgrade(asked, client, head),
    )
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
  }

  static async to(ports: Readonly<Record<Role, readonly number[]>>): Promise<RoleProxy> {
    const proxy = new RoleProxy(ports)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get url(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #portFor(asked: IncomingMessage): number {
    const role = roleOf(asked)
    const ports = this.#ports[role]
    // One for all would lead requests that alternate between two roles always to the same.
    this.#turns[role] += 1
    return ports[this.#turns[role] % ports.length] as number
  }

  #upgrade(asked: IncomingMessage, client: Socket, head: Buffer): void {
    const server = connect(this.#portFor(asked), '127.0.0.1', () => {
      const { rawHeaders: raw } = asked
      const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1]}`] : []))
      server.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
      server.write(head)
      client.pipe(server).pipe(client)
    })
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  }
}
