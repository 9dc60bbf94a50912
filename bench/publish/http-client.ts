import { connect, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')

export interface Answer {
  readonly status: number
  /** The lines of the head, as they came. */
  readonly head: string
  readonly bytes: number
}

/**
 * One kept connection to a server, for one request at a time. It reads no more of an answer than it has to, so that
 * the load takes less of its core than a client for general use.
 */
export class HttpClient {
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #waiting: PromiseWithResolvers<Answer> | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#hear(chunk))
    socket.on('error', (error) => this.#waiting?.reject(error))
    socket.on('close', () => this.#waiting?.reject(new Error('the server closed the connection')))
  }

  static async open(port: number): Promise<HttpClient> {
    const socket = connect(port, '127.0.0.1')
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    return new HttpClient(socket)
  }

  /** `head` ends after its last header's line. Resolves with the status. */
  async post(head: string, body: string): Promise<number> {
    const answer = await this.#ask(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    return answer.status
  }

  /** `head` ends after its last header's line. */
  get(head: string): Promise<Answer> {
    return this.#ask(`${head}\r\n`)
  }

  close(): void {
    this.#socket.destroy()
  }

  #ask(text: string): Promise<Answer> {
    this.#waiting = Promise.withResolvers()
    const { promise } = this.#waiting
    this.#socket.write(text)
    return promise
  }

  #hear(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    const headEnd = this.#received.indexOf(HEAD_END)
    if (headEnd < 0) return
    const head = this.#received.toString('latin1', 0, headEnd)
    // Of a 304 there is none.
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
    if (this.#received.length < headEnd + HEAD_END.length + length) return
    this.#received = Buffer.alloc(0)
    this.#waiting?.resolve({ status: Number(head.slice(9, 12)), head, bytes: length })
  }
}
