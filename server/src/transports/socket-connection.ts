import type { Socket } from 'node:net'
import { CLOSE_CODES, type ClientFrame, type CloseReason } from '@halley/shared'
import type { WebSocket } from 'ws'
import { goawayFrame, pongFrame } from '../fanout/encode-frame.ts'
import type { Frame } from '../fanout/frame.ts'
import type { Reader } from '../fanout/reader.ts'
import { metrics } from '../metrics/metrics.ts'
import { traffic } from '../metrics/traffic.ts'
import { Problem } from '../problem.ts'
import type { Whence } from './admission.ts'
import type { Connection } from './connections.ts'
import { parseClientFrame } from './parse-client-frame.ts'
import { problemFrame } from './problem-frame.ts'
import type { House } from './seat.ts'
import { Seats } from './seats.ts'
import { toWebSocketFrame } from './to-web-socket-frame.ts'
import { type Rate, TokenBucket } from './token-bucket.ts'

/**
 * A socket that is silent for so long is asked, and gone where it does not answer for so long: within 30 s in all.
 * Nobody is gone without having been asked, or a process that was stopped for a while would lose all its readers.
 */
const ASK_AFTER_MS = 21_000
const ANSWER_WITHIN_MS = 6000
/** Room for a hundred joins at once, and for whoever talks more than any widget after that. */
const FRAMES: Rate = { burst: 250, perSecond: 20 }
/**
 * Frames that are refused, until it is taken for misuse. They are forgiven with time: a newer client may send, now and
 * then and for days, a frame that this server does not know.
 */
const MISTAKES: Rate = { burst: 20, perSecond: 0.5 }
/** How long a socket that was cut off may take for its last bytes; less than a closing handshake may. */
const LAST_BYTES_MS = 500
/** Whoever has so much unread is told nothing more that they ask for. */
const MOST_UNREAD = 1_048_576

/** One WebSocket. Holds on to neither the request nor the reply that it began with. */
export class SocketConnection implements Connection, Reader {
  readonly #socket: WebSocket
  readonly #raw: Socket
  readonly #seats: Seats
  readonly #frames = new TokenBucket(FRAMES, performance.now())
  #mistakes: TokenBucket | undefined
  #heardAt = performance.now()
  #askedAt: number | undefined

  constructor(socket: WebSocket, raw: Socket, house: House, whence: Whence) {
    this.#socket = socket
    this.#raw = raw
    this.#seats = new Seats(house, this, whence)
  }

  get transport(): 'socket' {
    return 'socket'
  }

  send(frame: Frame): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    const bytes = frame.encodedBy(toWebSocketFrame)
    traffic.bytes.socket += bytes.length
    this.#raw.write(bytes)
  }

  queuedBytes(): number {
    return this.#raw.writableLength
  }

  cut(reason: CloseReason): void {
    metrics.cuts.inc({ reason })
    this.#seats.leaveAll()
    this.#socket.close(CLOSE_CODES[reason].code, reason)
    // What such a reader has not read would stay in the kernel for minutes after an end in order.
    if (reason === 'slow') setTimeout(() => this.#raw.resetAndDestroy(), LAST_BYTES_MS).unref()
  }

  heard(): void {
    this.#heardAt = performance.now()
    this.#askedAt = undefined
  }

  /** A message of the client's; whatever is wrong with it is told, and ends nothing until there is too much of it. */
  hear(data: Buffer, isBinary: boolean): void {
    this.heard()
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#raw.writableLength > MOST_UNREAD) {
      this.cut('slow')
      return
    }
    const waitMs = this.#frames.take(this.#heardAt)
    try {
      if (waitMs > 0) throw new Problem('too-many-requests', undefined, Math.ceil(waitMs / 1000))
      if (isBinary) throw new Problem('bad-request', 'Frames are text')
      this.#obey(parseClientFrame(data.toString()))
    } catch (error) {
      this.#mistakes ??= new TokenBucket(MISTAKES, this.#heardAt)
      if (this.#mistakes.take(this.#heardAt) > 0) this.cut(waitMs > 0 ? 'too-many' : 'misuse')
      else this.send(problemFrame(error))
    }
  }

  closed(): void {
    this.#seats.leaveAll()
  }

  tick(now: number): void {
    if (this.#askedAt !== undefined) {
      if (now - this.#askedAt > ANSWER_WITHIN_MS) this.#giveUp()
    } else if (now - this.#heardAt > ASK_AFTER_MS) {
      this.#askedAt = now
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
    }
  }

  goAway(afterMs: number): void {
    this.send(goawayFrame(afterMs))
  }

  end(): void {
    this.cut('goaway')
  }

  destroy(): void {
    this.#socket.terminate()
  }

  #giveUp(): void {
    this.cut('silent')
    this.#raw.resetAndDestroy()
  }

  #obey(frame: ClientFrame): void {
    switch (frame.type) {
      case 'join': {
        const { type: _, ...ask } = frame
        this.#seats.join(ask)
        break
      }
      case 'auth':
        this.#seats.auth(frame.room, frame.token)
        break
      case 'leave':
        this.#seats.leave(frame.room)
        break
      case 'ack':
        this.#seats.ack(frame)
        break
      case 'ping':
        this.send(pongFrame(new Date()))
        break
      default:
        frame satisfies never
    }
  }
}
