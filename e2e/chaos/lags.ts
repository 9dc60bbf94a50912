import type { ServerFrame } from '@halley/shared'
import type { Witness } from '../parts/reader.ts'

/** How long after it was stored each new item was heard by a reader: milliseconds by the one clock of this machine. */
export class Lags implements Witness {
  #lags: number[] = []

  readPages(): void {}

  heard(): void {}

  hears(frame: ServerFrame): void {
    if (frame.type !== 'changes') return
    const now = Date.now()
    for (const { type, item } of frame.changes)
      if (type === 'posted' && item && 'postedAt' in item) this.#lags.push(now - Date.parse(item.postedAt))
  }

  /** Of what was heard since the last call. */
  take(): { readonly count: number; readonly p50: number; readonly p99: number } {
    const sorted = this.#lags.splice(0).sort((a, b) => a - b)
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
    return { count: sorted.length, p50: at(0.5), p99: at(0.99) }
  }
}
