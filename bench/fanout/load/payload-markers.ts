import { findMarkers, type Marker } from './marker.ts'

const KEPT = 64

/**
 * The markers of a payload. Readers of one room get the same bytes one after the other, so a payload is compared with
 * those read lately before it is searched: comparing is cheaper by far, and proves as much.
 */
export class PayloadMarkers {
  readonly #kept: { bytes: Buffer; markers: Marker[] }[] = []
  #oldest = 0
  #last = 0

  of(payload: Buffer): readonly Marker[] {
    const count = this.#kept.length
    for (let step = 0; step < count; step++) {
      const index = (this.#last + step) % count
      const kept = this.#kept[index] as { bytes: Buffer; markers: Marker[] }
      if (kept.bytes.length !== payload.length || !kept.bytes.equals(payload)) continue
      this.#last = index
      return kept.markers
    }
    const markers = findMarkers(payload)
    this.#last = this.#oldest
    this.#kept[this.#oldest] = { bytes: Buffer.from(payload), markers }
    this.#oldest = (this.#oldest + 1) % KEPT
    return markers
  }
}
