import { connect, createServer, type Server, type Socket } from 'node:net'
import { endOfRespValue, isMessage } from '../parts/resp-value.ts'

/** Shares of the messages to subscribers, each between 0 and 1. */
export interface Losses {
  readonly drop: number
  /** Held back for up to `delayMs`, so that others overtake it. */
  readonly delay: number
  readonly delayMs: number
  /** Swapped with the next message of the same connection. */
  readonly swap: number
}

/**
 * A stretch of the line to a Redis on which messages to subscribers get lost, late, and out of order; answers to
 * commands go through as they are. It does nothing until `losses` are set.
 */
export class LossyRedis {
  losses: Losses | undefined
  readonly counts = { messages: 0, dropped: 0, delayed: 0, swapped: 0 }
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(port: number) {
    this.#server = createServer((client) => this.#join(client, connect(port, '127.0.0.1')))
  }

  static async to(port: number): Promise<LossyRedis> {
    const line = new LossyRedis(port)
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve))
    return line
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #join(client: Socket, redis: Socket): void {
    let rest: Buffer = Buffer.alloc(0)
    const pass = this.#passTo(client)
    client.on('data', (data) => redis.write(data))
    redis.on('data', (data) => {
      rest = Buffer.concat([rest, data])
      let at = 0
      for (let end = endOfRespValue(rest, at); end !== undefined; end = endOfRespValue(rest, at)) {
        pass(rest.subarray(at, end))
        at = end
      }
      rest = rest.subarray(at)
    })
    for (const [socket, other] of [
      [client, redis],
      [redis, client],
    ] as const) {
      this.#sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        this.#sockets.delete(socket)
        other.destroy()
      })
    }
  }

  /** What becomes of one value after the other on its way to this client. */
  #passTo(client: Socket): (value: Buffer) => void {
    let held: Buffer | undefined
    const send = (value: Buffer): void => {
      if (!client.destroyed) client.write(value)
    }
    return (value) => {
      if (!this.losses || !isMessage(value)) return send(value)
      this.counts.messages += 1
      const { drop, delay, delayMs, swap } = this.losses
      const chance = Math.random()
      if (chance < drop) {
        this.counts.dropped += 1
      } else if (chance < drop + delay) {
        this.counts.delayed += 1
        setTimeout(send, Math.random() * delayMs, Buffer.from(value))
      } else if (chance < drop + delay + swap && !held) {
        this.counts.swapped += 1
        held = Buffer.from(value)
      } else {
        send(value)
        if (held) send(held)
        held = undefined
      }
    }
  }
}
