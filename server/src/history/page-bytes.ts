import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants, gunzip, gzip } from 'node:zlib'

export type Encoding = 'br' | 'gzip' | 'identity'

/** Below this many bytes compression saves no packet. */
const WORTH_BYTES = 1024

const inflate = { br: promisify(brotliDecompress), gzip: promisify(gunzip) }
const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) }
/** Cheap levels: what more of them would save is less than what it takes. */
const LEVEL = {
  br: { params: { [constants.BROTLI_PARAM_QUALITY]: 3, [constants.BROTLI_PARAM_LGWIN]: 18 } },
  gzip: { level: 3 },
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
    this.#plain = Buffer.from(text)
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
    const bytes = await compress[encoding](this.#plain ?? (await this.#inflated()), LEVEL[encoding])
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
