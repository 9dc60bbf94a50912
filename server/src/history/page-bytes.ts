import { promisify } from 'node:util'
import {
  brotliCompress,
  brotliCompressSync,
  brotliDecompress,
  constants,
  gunzip,
  gzip,
  gzipSync,
} from 'node:zlib'

export type Encoding = 'br' | 'gzip' | 'identity'

/** Bytes, and what to say as their `Content-Encoding`. */
export interface Encoded {
  readonly encoding: Encoding
  readonly bytes: Buffer
}

/** Below this many bytes compression saves no packet. */
const WORTH_BYTES = 1024
/** Up to this many it takes less time here (some 0.5 ms) than to hand it to another thread costs this one. */
const HERE_BYTES = 128 * 1024

/**
 * Cheap levels, because most pages of the past are asked for once: of 40 KB of posts quality 1 makes 9.5 KB in 0.14 ms,
 * quality 2 a tenth less in twice the time, quality 4 no less in four times.
 */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 16 } }
const GZIP = { level: 1 }
/** A documented option: zlib then gives what it compressed with as well. */
const WITH_ENGINE = { info: true }
const inflate = { br: promisify(brotliDecompress), gzip: promisify(gunzip) }
const compressHere = {
  br: (bytes: Buffer) => withoutEngine(brotliCompressSync(bytes, { ...BROTLI, ...WITH_ENGINE })),
  gzip: (bytes: Buffer) => withoutEngine(gzipSync(bytes, { ...GZIP, ...WITH_ENGINE })),
}
const brotliElsewhere = promisify(brotliCompress)
const gzipElsewhere: (bytes: Buffer, options: object) => Promise<Buffer> = promisify(gzip)
const compressElsewhere = {
  br: (bytes: Buffer) => brotliElsewhere(bytes, BROTLI),
  gzip: (bytes: Buffer) => gzipElsewhere(bytes, GZIP),
}

/** One text in the encodings that are asked for, made once for each. */
export class PageBytes {
  readonly #plain: Buffer
  readonly #encoded = new Map<Encoding, Promise<Encoded>>()

  constructor(text: string | Buffer) {
    this.#plain = typeof text === 'string' ? Buffer.from(text) : text
  }

  /** Plain also where compressing is not worth it. */
  as(wanted: Encoding): Promise<Encoded> {
    const encoding = this.#plain.length < WORTH_BYTES ? 'identity' : wanted
    const encoded = this.#encoded.get(encoding) ?? this.#encode(encoding)
    this.#encoded.set(encoding, encoded)
    return encoded
  }

  async #encode(encoding: Encoding): Promise<Encoded> {
    if (encoding === 'identity') return { encoding, bytes: this.#plain }
    const compress = this.#plain.length > HERE_BYTES ? compressElsewhere : compressHere
    return { encoding, bytes: await compress[encoding](this.#plain) }
  }
}

/** What was encoded in another encoding, or in the same. */
export async function recode({ encoding, bytes }: Encoded, wanted: Encoding): Promise<Encoded> {
  if (encoding === wanted) return { encoding, bytes }
  return new PageBytes(encoding === 'identity' ? bytes : await inflate[encoding](bytes)).as(wanted)
}

/**
 * Takes zlib's last block of memory, 16 KB or the 64 of the pool's, from what it compressed with: a stream, whose state
 * has a function that is old for V8 at once and keeps the stream until the old generation is collected.
 */
function withoutEngine(compressed: unknown): Buffer {
  const { buffer, engine } = compressed as { buffer: Buffer; engine: { _outBuffer?: Buffer | undefined } }
  engine._outBuffer = undefined
  return buffer
}
