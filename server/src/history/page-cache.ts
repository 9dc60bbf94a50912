import { LRUCache } from 'lru-cache'
import type { RoomCounts } from '../log/log.ts'
import type { Encoding, PageBytes } from './page-bytes.ts'
import { type PageState, stands } from './page-state.ts'

export interface KeptPage {
  readonly state: PageState
  /** Of the last change but posts that the page shows. */
  readonly altered: number
  readonly bytes: PageBytes
}

/** What a page costs beside its bytes, about. */
const ENTRY_BYTES = 500

/**
 * Pages as readers see them, made once for however many ask, and no more of them than so many bytes: the one that was
 * asked for longest ago goes first. Nothing is told of changes: whoever asks has looked where the room is, and is given
 * a page only if it shows all that had happened by then; or has not looked, and is given none that was here.
 */
export class PageCache {
  /** Since the start: pages found here, and pages that were read. */
  readonly counts = { kept: 0, read: 0 }
  readonly #pages: LRUCache<string, KeptPage>
  readonly #loading = new Map<string, Promise<KeptPage>>()

  constructor(maxBytes: number) {
    this.#pages = new LRUCache({ maxSize: maxBytes, sizeCalculation: sizeOf })
  }

  get bytes(): number {
    return this.#pages.calculatedSize
  }

  /** True where a page of that key is here or on its way, so that it is worth a look whether it stands. */
  has(key: string): boolean {
    return this.#pages.has(key) || this.#loading.has(key)
  }

  /**
   * The page of that key; `now` is a look at the room that began after it was asked for, `load` reads it. Without a
   * look it is read in any case.
   */
  async get(key: string, now: RoomCounts | undefined, load: () => Promise<KeptPage>): Promise<KeptPage> {
    if (!now) return this.#load(key, load)
    const kept = this.#pages.get(key)
    if (kept && stands(kept.state, now)) {
      this.counts.kept += 1
      return kept
    }
    const underWay = this.#loading.get(key)
    if (underWay) {
      const page = await underWay.catch(() => undefined)
      if (page && stands(page.state, now)) return page
    }
    // One that is under way now began after the look.
    return this.#loading.get(key) ?? this.#load(key, load)
  }

  /** The page's bytes in an encoding, which are kept as long as the page is. */
  async encoded(key: string, page: KeptPage, encoding: Encoding) {
    const before = page.bytes.size
    const encoded = await page.bytes.as(encoding)
    // Set anew, because what was kept before is counted at the size that it had then.
    const isKept = this.#pages.peek(key)?.bytes === page.bytes
    if (isKept && page.bytes.size !== before) this.#pages.set(key, { ...page })
    return encoded
  }

  #load(key: string, load: () => Promise<KeptPage>): Promise<KeptPage> {
    const loading = load()
      .then((page) => {
        this.counts.read += 1
        this.#pages.set(key, page)
        return page
      })
      .finally(() => {
        if (this.#loading.get(key) === loading) this.#loading.delete(key)
      })
    this.#loading.set(key, loading)
    return loading
  }
}

const sizeOf = ({ bytes }: KeptPage): number => bytes.size + ENTRY_BYTES
