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
import { ownMemory } from '../own-memory.ts'

export type Encoding = 'br' | 'gzip' | 'identity'

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
const inflate = { br: promisify(brotliDecompress), gzip: promisify(gunzip) }
const compressHere = {
  br: (bytes: Buffer) => brotliCompressSync(bytes, BROTLI),
  gzip: (bytes: Buffer) => gzipSync(bytes, GZIP),
}
const brotliElsewhere = promisify(brotliCompress)
const gzipElsewhere: (bytes: Buffer, options: object) => Promise<Buffer> = promisify(gzip)
const compressElsewhere = {
  br: (bytes: Buffer) => brotliElsewhere(bytes, BROTLI),
  gzip: (bytes: Buffer) => gzipElsewhere(bytes, GZIP),
}

/**
 * An answer in the encodings that were asked for. It is compressed once for each, and kept compressed alone: whoever
 * takes no compression, which is rare, has it made from that.
 */
export class PageBytes {
  #plain: Buffer | undefined
  readonly #compressed = new Map<'br' | 'gzip', Promise<Buffer>>()
  #size: number

  constructor(text: string) {
    this.#plain = ownMemory(Buffer.from(text))
    this.#size = this.#plain.length
  }

  /** Bytes that are kept. */
  get size(): number {
    return this.#size
  }

  /** What to say as `Content-Encoding`, and the bytes. */
  async as(encoding: Encoding): Promise<{ readonly encoding: Encoding; readonly bytes: Buffer }> {
    const plain = this.#plain
    if (plain && (encoding === 'identity' || plain.length < WORTH_BYTES))
      return { encoding: 'identity', bytes: plain }
    if (encoding === 'identity') return { encoding, bytes: await this.#inflated() }
    const known = this.#compressed.get(encoding) ?? this.#compress(encoding)
    this.#compressed.set(encoding, known)
    return { encoding, bytes: await known }
  }

  async #compress(encoding: 'br' | 'gzip'): Promise<Buffer> {
    const plain = this.#plain ?? (await this.#inflated())
    const compress = plain.length > HERE_BYTES ? compressElsewhere : compressHere
    const bytes = ownMemory(await compress[encoding](plain))
    this.#size += bytes.length
    if (this.#plain) this.#size -= this.#plain.length
    this.#plain = undefined
    return bytes
  }

  async #inflated(): Promise<Buffer> {
    const [made] = this.#compressed
    if (!made) throw new Error('nothing is kept of a page')
    return inflate[made[0]](await made[1])
  }
}
