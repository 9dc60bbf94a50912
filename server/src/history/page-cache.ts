import { LRUCache } from 'lru-cache'
import type { RoomCounts } from '../log/log.ts'
import { BlockMemory, inBlocks, type Stored } from './block-memory.ts'
import { type Encoded, type Encoding, PageBytes, recode } from './page-bytes.ts'
import { type PageState, stands } from './page-state.ts'

interface Shown {
  readonly state: PageState
  /** Of the last change but posts that the page shows. */
  readonly altered: number
}

/** A page as it was read. */
export interface ReadPage extends Shown {
  readonly text: string
}

/** A page as it is sent. */
export type EncodedPage = Shown & Encoded

interface PageInHand extends Shown {
  readonly bytes: PageBytes
}

interface KeptPage extends Shown {
  readonly encoding: Encoding
  readonly stored: Stored
}

/** What a page costs beside its bytes, about. */
const ENTRY_BYTES = 500
const ENCODINGS = ['br', 'gzip', 'identity'] as const

/**
 * Pages as readers see them, made once for however many ask, and no more of them than so many bytes: the one that was
 * asked for longest ago goes first. Nothing is told of changes: whoever asks has looked where the room is, and is given
 * a page only if it shows all that had happened by then; or has not looked, and is given none that was here.
 */
export class PageCache {
  /** Since the start: pages found here, and pages that were read. */
  readonly counts = { kept: 0, read: 0 }
  readonly #maxBytes: number
  readonly #memory = new BlockMemory()
  /** One for each encoding of a page. */
  readonly #pages: LRUCache<string, KeptPage>
  readonly #loading = new Map<string, Promise<PageInHand>>()

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
    this.#pages = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: ({ stored }) => sizeOf(stored.length),
      dispose: ({ stored }) => this.#memory.free(stored),
    })
  }

  get bytes(): number {
    return this.#pages.calculatedSize
  }

  /** True where a page of that key is here or on its way, so that it is worth a look whether it stands. */
  has(key: string): boolean {
    return this.#loading.has(key) || ENCODINGS.some((encoding) => this.#pages.has(idOf(key, encoding)))
  }

  /**
   * The page of that key as its asker takes it, or plain where compressing is not worth it; `now` is a look at the room
   * that began after it was asked for, `load` reads it. Without a look it is read in any case.
   */
  async get(
    key: string,
    now: RoomCounts | undefined,
    wanted: Encoding,
    load: () => Promise<ReadPage>,
  ): Promise<EncodedPage> {
    const kept = now && this.#find(key, now, wanted)
    if (kept) {
      this.counts.kept += 1
      return this.#recoded(key, kept, wanted)
    }
    const { state, altered, bytes } = await this.#read(key, now, wanted, load)
    return { state, altered, ...(await bytes.as(wanted)) }
  }

  /** A copy of the page that is kept and stands, in the encoding that is wanted or else in another. */
  #find(key: string, now: RoomCounts, wanted: Encoding): EncodedPage | undefined {
    for (const encoding of [wanted, ...ENCODINGS]) {
      const kept = this.#pages.get(idOf(key, encoding))
      if (!kept || !stands(kept.state, now)) continue
      const { state, altered, stored } = kept
      return { state, altered, encoding, bytes: this.#memory.read(stored) }
    }
    return undefined
  }

  /** Kept in the wanted encoding from now on, and no longer plain. */
  async #recoded(key: string, kept: EncodedPage, wanted: Encoding): Promise<EncodedPage> {
    const page = { ...kept, ...(await recode(kept, wanted)) }
    if (wanted !== 'identity' && page.encoding !== kept.encoding) {
      this.#keep(key, page)
      this.#pages.delete(idOf(key, 'identity'))
    }
    return page
  }

  async #read(
    key: string,
    now: RoomCounts | undefined,
    wanted: Encoding,
    load: () => Promise<ReadPage>,
  ): Promise<PageInHand> {
    const underWay = now && this.#loading.get(key)
    if (!underWay) return this.#load(key, wanted, load)
    const page = await underWay.catch(() => undefined)
    if (page && stands(page.state, now)) return page
    // One that is under way by now began after the look.
    return this.#loading.get(key) ?? this.#load(key, wanted, load)
  }

  #load(key: string, wanted: Encoding, load: () => Promise<ReadPage>): Promise<PageInHand> {
    const loading = load()
      .then(async ({ state, altered, text }) => {
        this.counts.read += 1
        const bytes = new PageBytes(text)
        this.#keep(key, { state, altered, ...(await bytes.as(wanted)) })
        return { state, altered, bytes }
      })
      .finally(() => {
        if (this.#loading.get(key) === loading) this.#loading.delete(key)
      })
    this.#loading.set(key, loading)
    return loading
  }

  #keep(key: string, { state, altered, encoding, bytes }: EncodedPage): void {
    if (sizeOf(bytes.length) > this.#maxBytes) return
    this.#pages.set(idOf(key, encoding), { state, altered, encoding, stored: this.#memory.store(bytes) })
  }
}

const idOf = (key: string, encoding: Encoding): string => `${key} ${encoding}`
const sizeOf = (length: number): number => inBlocks(length) + ENTRY_BYTES
