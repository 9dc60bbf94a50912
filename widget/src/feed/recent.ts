import type { Change } from '@halley/shared'

/** Changes that are kept to correct pages which were on their way meanwhile. */
const KEPT = 500

/** Of a page: everything with a seq in [`low`, `high`] is told by it as it was at `rev`. */
interface Range {
  readonly low: number
  readonly high: number
  readonly rev: number
}

/**
 * Lets pages and the stream meet without a hole, whichever of the two is ahead. A page that is behind the stream is
 * corrected by the changes since; of a page that is ahead, the stream's older news is not believed.
 */
export class Recent {
  #changes: Change[] = []
  #ranges: Range[] = []
  /** Nothing is known of the changes up to here. */
  #floor: number

  /** The stream goes on after this rev. */
  constructor(rev = 0) {
    this.#floor = rev
  }

  keep(change: Change): void {
    this.#changes.push(change)
    if (this.#changes.length > KEPT) this.#floor = Math.max(this.#floor, this.#changes.shift()?.rev ?? 0)
  }

  /** Everything after a page's rev; undefined where some of it is no longer known: the page is too old to be used. */
  since(rev: number): readonly Change[] | undefined {
    return rev < this.#floor ? undefined : this.#changes.filter((change) => change.rev > rev)
  }

  /** A page was taken that is complete for these seqs at that rev. */
  covered(range: Range): void {
    this.#ranges.push(range)
  }

  /** Whether a page that is newer than this change has already told of that place, and the item was not there. */
  knowsBetter(seq: number | null, rev: number): boolean {
    return this.#ranges.some((range) => rev <= range.rev && seq && seq >= range.low && seq <= range.high)
  }

  /** The stream has reached this rev. */
  reached(rev: number): void {
    this.#ranges = this.#ranges.filter((range) => range.rev > rev)
  }
}
