const BLOCK_BYTES = 1024
const SEGMENT_BLOCKS = 1024

/** Bytes that were put away: where they are, and how many. */
export interface Stored {
  readonly blocks: readonly number[]
  readonly length: number
}

/**
 * Memory in blocks of a KB that are used again and again. Kept as a `Buffer` each, pages that come and go would be
 * memory outside of V8's heap that only a collection of the old generation gives back, and that V8 begins one for
 * after each 64 MB of; and holes of all sizes would stay between them.
 */
export class BlockMemory {
  readonly #segments: Buffer[] = []
  readonly #free: number[] = []

  /** Bytes taken from the system, of which some may be free. */
  get bytes(): number {
    return this.#segments.length * SEGMENT_BLOCKS * BLOCK_BYTES
  }

  store(bytes: Buffer): Stored {
    const blocks: number[] = []
    for (let from = 0; from < bytes.length; from += BLOCK_BYTES) {
      const block = this.#take()
      bytes.copy(this.#segmentOf(block), startOf(block), from, from + BLOCK_BYTES)
      blocks.push(block)
    }
    return { blocks, length: bytes.length }
  }

  /** A copy, because the blocks may be others' while it is still on its way to a slow reader. */
  read({ blocks, length }: Stored): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    for (const [index, block] of blocks.entries()) {
      const from = startOf(block)
      this.#segmentOf(block).copy(bytes, index * BLOCK_BYTES, from, from + BLOCK_BYTES)
    }
    return bytes
  }

  /** Once for what was stored; it cannot be read afterwards. */
  free({ blocks }: Stored): void {
    this.#free.push(...blocks)
  }

  #take(): number {
    if (this.#free.length === 0) this.#grow()
    return this.#free.pop() as number
  }

  #grow(): void {
    const first = this.#segments.length * SEGMENT_BLOCKS
    this.#segments.push(Buffer.allocUnsafeSlow(SEGMENT_BLOCKS * BLOCK_BYTES))
    for (let block = first + SEGMENT_BLOCKS - 1; block >= first; block -= 1) this.#free.push(block)
  }

  #segmentOf(block: number): Buffer {
    return this.#segments[Math.floor(block / SEGMENT_BLOCKS)] as Buffer
  }
}

const startOf = (block: number): number => (block % SEGMENT_BLOCKS) * BLOCK_BYTES

/** Bytes that so many take. */
export const inBlocks = (length: number): number => Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES
