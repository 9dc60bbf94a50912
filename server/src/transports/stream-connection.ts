import type { Socket } from 'node:net'
import type { CloseReason } from '@halley/shared'
import { goawayFrame } from '../fanout/encode-frame.ts'
import type { Frame } from '../fanout/frame.ts'
import type { Reader } from '../fanout/reader.ts'
import { metrics } from '../metrics/metrics.ts'
import { traffic } from '../metrics/traffic.ts'
import type { Whence } from './admission.ts'
import type { Connection } from './connections.ts'
import { formatEventId } from './event-id.ts'
import type { House } from './seat.ts'
import { Seats } from './seats.ts'
import { toEventBlock, toEventData } from './to-event-block.ts'

/** Something travels at least this often, so that proxies and readers do not take silence for the end. */
const HEARTBEAT_EVERY_MS = 15_000
/** How long the last bytes may take. */
const LAST_BYTES_MS = 2000
/** Whatever a proxy would hold back until it has some kilobytes, it has them now. */
export const PADDING = `:${' '.repeat(2048)}\nretry: 2000\n\n`

export interface StreamFacts {
  readonly whence: Whence
  /** With one room ids are made once for all readers. */
  readonly rooms: number
  readonly lifeMs: number
}

/** One event stream. */
export class StreamConnection implements Connection, Reader {
  readonly seats: Seats
  readonly #socket: Socket
  readonly #encode: (frame: Frame) => Buffer
  readonly #endsAt: number
  #wroteAt = performance.now()
  #idIsDue = false

  /** Of a socket that the padding has been written to. */
  constructor(socket: Socket, house: House, { whence, rooms, lifeMs }: StreamFacts) {
    this.#socket = socket
    this.seats = new Seats(house, this, whence)
    this.#encode = rooms === 1 ? toEventBlock : toEventData
    this.#endsAt = performance.now() + lifeMs
    traffic.bytes.stream += PADDING.length
  }

  get transport(): 'stream' {
    return 'stream'
  }

  send(frame: Frame): void {
    this.#write(frame.encodedBy(this.#encode))
    if (this.#encode === toEventBlock || frame.position === undefined || this.#idIsDue) return
    // An id that comes after what it stands for can only be behind: lost on the way, it costs a repetition.
    this.#idIsDue = true
    queueMicrotask(() => this.#writeId())
  }

  queuedBytes(): number {
    return this.#socket.writableLength
  }

  /** A stream has no codes to end with: whoever was cut comes back with the last id. */
  cut(reason: CloseReason): void {
    metrics.cuts.inc({ reason })
    this.seats.leaveAll()
    // What waits for a reader who does not read would wait for ever, here and in the kernel.
    if (reason === 'slow') this.#socket.resetAndDestroy()
    else this.#socket.end()
    setTimeout(() => this.destroy(), LAST_BYTES_MS).unref()
  }

  tick(now: number): void {
    if (now >= this.#endsAt) this.end()
    else if (now - this.#wroteAt >= HEARTBEAT_EVERY_MS) this.#write(':\n\n')
  }

  goAway(afterMs: number): void {
    this.send(goawayFrame(afterMs))
  }

  /** Ends with the positions, so that the next stream goes on from there. */
  end(): void {
    if (this.#socket.writableEnded) return
    this.#writeId()
    this.cut('goaway')
  }

  closed(): void {
    this.seats.leaveAll()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #writeId(): void {
    this.#idIsDue = false
    this.#write(`id: ${formatEventId(this.seats.positions())}\n\n`)
  }

  #write(block: Buffer | string): void {
    if (this.#socket.writableEnded || this.#socket.destroyed) return
    this.#wroteAt = performance.now()
    traffic.bytes.stream += block.length
    this.#socket.write(block)
  }
}
