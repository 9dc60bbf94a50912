/**
 * Milliseconds on whichever clock went further since `mark`: one stands still while some laptops sleep, the other
 * is what pages replace and people set.
 */
export function elapsed(mark: readonly [number, number]): number {
  return Math.max(performance.now() - mark[0], Date.now() - mark[1])
}

export function mark(): readonly [number, number] {
  return [performance.now(), Date.now()]
}
