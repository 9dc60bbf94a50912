import { connect, createServer, type Server, type Socket } from 'node:net'

/** What a stretch of network does not let through, as some proxies do. */
export type Blocking = 'nothing' | 'sockets' | 'sockets and streams'

const BLOCKED: Readonly<Record<Blocking, RegExp | undefined>> = {
  nothing: undefined,
  sockets: /^GET \/v1\/socket /m,
  'sockets and streams': /^(GET \/v1\/socket|POST \/v1\/stream|GET \/v1\/stream\?.*) /m,
}

/** A stretch of network between a client and `port` that a test can cut, refuse, and make slow. */
export class TcpProxy {
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #to: number
  #refusing = false
  #silent = false
  /** What is to break once its other end can be told that the one beyond has gone. */
  readonly #untold = new Set<Socket>()
  #blocking: Blocking = 'nothing'
  /** Milliseconds that every piece waits, in each direction. */
  delayMs = 0
  /** Connections since the start. */
  connections = 0

  private constructor(port: number) {
    this.#to = port
    this.#server = createServer((client) => this.#join(client, connect(this.#to, '127.0.0.1')))
  }

  static async to(port: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(port)
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve))
    return proxy
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  get open(): number {
    return this.#pairs.size
  }

  /** Breaks connections on which something of this sort is asked for. */
  block(what: Blocking): void {
    this.#blocking = what
  }

  /** Breaks every connection; new ones lead to another port. */
  leadTo(port: number): void {
    this.#to = port
    this.cut()
  }

  /** Breaks every connection; new ones work. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy()
  }

  /** While on, nothing goes through and new connections break at once. */
  refuse(on: boolean): void {
    this.#refusing = on
    if (on) this.cut()
  }

  /** While on, nothing arrives in either direction and nobody is told, as when a cable is pulled; then it goes on. */
  silence(on: boolean): void {
    this.#silent = on
    for (const pair of this.#pairs) for (const socket of pair) on ? socket.pause() : socket.resume()
    if (!on) for (const socket of this.#untold) socket.destroy()
  }

  /** What is open now lets nothing through any more and nobody is told, as after a NAT has forgotten it; new ones work. */
  forget(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.pause()
  }

  async close(): Promise<void> {
    this.cut()
    for (const socket of this.#untold) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #end(to: Socket): void {
    if (!this.#silent) to.destroy()
    else if (!to.destroyed) this.#untold.add(to)
  }

  #join(client: Socket, server: Socket): void {
    this.connections += 1
    const pair = [client, server] as const
    this.#pairs.add(pair)
    for (const [from, to] of [pair, [server, client]] as const) {
      from.on('data', (data) => {
        if (from === client && BLOCKED[this.#blocking]?.test(data.toString('latin1')))
          client.resetAndDestroy()
        else if (this.delayMs === 0) to.write(data)
        else setTimeout(() => to.write(data), this.delayMs)
      })
      from.on('end', () => to.end())
      from.on('error', () => this.#end(to))
      from.on('close', () => {
        this.#pairs.delete(pair)
        this.#untold.delete(from)
        this.#end(to)
      })
    }
    if (this.#silent) for (const socket of pair) socket.pause()
    if (this.#refusing) client.resetAndDestroy()
  }
}
