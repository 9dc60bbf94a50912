const MOST_MS = 30_000

/** How long to wait before another try, with full jitter. */
export const retryMs = (tries: number): number => Math.random() * Math.min(MOST_MS, 1000 * 2 ** tries)

/** Calls once: after so many milliseconds, or as soon as the browser says that there is a network again. */
export function soonOrOnline(ms: number, then: () => unknown): void {
  const go = () => {
    removeEventListener('online', go)
    clearTimeout(timer)
    then()
  }
  const timer = setTimeout(go, ms)
  addEventListener('online', go)
}
