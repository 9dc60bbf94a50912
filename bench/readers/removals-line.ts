import type { RemovalTimes } from './load/main.ts'

/** What was measured of removals before so many readers, `share` of a hundred of whom confirm, in words. */
export function removalsLine(readers: number, share: number, { told, last, counted }: RemovalTimes): string {
  const { p50, p99 } = told
  return (
    `a removal in a room of ${readers} readers, from asking for it to each one's having been told (p99 < 200 ms), ` +
    `and ${share} % confirming that at once: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, ` +
    `the last one at most ${Math.max(...last).toFixed(0)} ms; ` +
    `the node had counted all after ${Math.max(...counted).toFixed(0)} ms at most; ${last.length} removals`
  )
}
