/** Cuts a stream of bytes into the payloads of unmasked WebSocket frames. */
export class WebSocketFrames {
  readonly #take: (payload: Buffer, opcode: number) => void
  #rest: Buffer | undefined

  constructor(take: (payload: Buffer, opcode: number) => void) {
    this.#take = take
  }

  /** `bytes` may be used again by whoever called when this returns. */
  push(bytes: Buffer): void {
    const all = this.#rest ? Buffer.concat([this.#rest, bytes]) : bytes
    let at = 0
    for (;;) {
      const frame = frameAt(all, at)
      if (!frame || frame.end > all.length) break
      this.#take(all.subarray(frame.start, frame.end), (all[at] as number) & 0x0f)
      at = frame.end
    }
    this.#rest = at < all.length ? Buffer.from(all.subarray(at)) : undefined
  }
}

function frameAt(bytes: Buffer, at: number): { start: number; end: number } | undefined {
  if (bytes.length < at + 2) return undefined
  const short = (bytes[at + 1] as number) & 0x7f
  const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10)
  if (bytes.length < start) return undefined
  const length =
    short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
  return { start, end: start + length }
}

/** A client's text frame: masked, with a mask of zeros. */
export function maskedText(text: string): Buffer {
  const payload = Buffer.from(text)
  if (payload.length > 125) throw new Error('longer than the load generator ever says')
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload])
}
