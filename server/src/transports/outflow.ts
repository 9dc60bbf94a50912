import type { Socket } from 'node:net'

/** As much of Node's `stream_wrap` binding as its own sockets write with. */
interface StreamWrap {
  readonly WriteWrap: new () => WriteRequest
  readonly streamBaseState: ArrayLike<number>
  readonly kLastWriteWasAsync: number
}

/** Of one write, for as long as the kernel has not taken all of it. */
interface WriteRequest {
  buffer?: Uint8Array
  oncomplete?: (status: number) => void
}

interface Handle {
  /** 0, or the negative number of an error. */
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number
}

/** Undefined where this Node has no such thing, or keeps it to itself: then all goes by `net.Socket`. */
const wrap = findStreamWrap()
/** Used up only by a write that the kernel did not take at once. */
let spare: WriteRequest | undefined

/**
 * The way out of one socket. What the kernel takes at once, as it nearly always does, goes to it past `net.Socket`, whose
 * stream machinery costs as much again as the write itself where each of thousands of readers gets one small frame;
 * whatever has to wait goes the ordinary way, behind it.
 */
export class Outflow {
  readonly #socket: Socket & { _handle?: Handle | null }
  /** Bytes that were handed to the kernel, which has not taken them yet. */
  #waiting = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** Bytes that are yet to leave this process. */
  get queued(): number {
    return this.#waiting + this.#socket.writableLength
  }

  write(bytes: Buffer | string): void {
    const handle = this.#socket._handle
    if (!wrap || !handle || typeof bytes === 'string' || this.queued > 0 || this.#socket.writableEnded) {
      this.#socket.write(bytes)
      return
    }
    spare ??= new wrap.WriteWrap()
    const failed = handle.writeBuffer(spare, bytes)
    if (failed) this.#socket.destroy()
    else if (wrap.streamBaseState[wrap.kLastWriteWasAsync]) this.#wait(spare, bytes)
  }

  #wait(request: WriteRequest, bytes: Buffer): void {
    spare = undefined
    this.#waiting += bytes.length
    // The kernel reads it later.
    request.buffer = bytes
    request.oncomplete = (status) => {
      this.#waiting -= bytes.length
      if (status < 0) this.#socket.destroy()
    }
  }
}

function findStreamWrap(): StreamWrap | undefined {
  try {
    const { binding } = process as unknown as { binding(name: string): Partial<StreamWrap> }
    const found = binding('stream_wrap')
    const isWhole =
      typeof found.WriteWrap === 'function' &&
      typeof found.kLastWriteWasAsync === 'number' &&
      typeof found.streamBaseState?.[found.kLastWriteWasAsync] === 'number'
    return isWhole ? (found as StreamWrap) : undefined
  } catch {
    return undefined
  }
}

/** Whether sockets are written to past `net.Socket` here. */
export const isDirect = wrap !== undefined
