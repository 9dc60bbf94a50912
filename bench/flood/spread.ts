export interface Spread {
  readonly p50: number
  readonly p99: number
}

/** Of numbers in order. */
export function spread(sorted: readonly number[]): Spread {
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}
