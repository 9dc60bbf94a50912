/** Calls once: after so many milliseconds, or as soon as the browser says that there is a network again. */
export function soonOrOnline(ms: number, then: () => void): void {
  const go = () => {
    removeEventListener('online', go)
    clearTimeout(timer)
    then()
  }
  const timer = setTimeout(go, ms)
  addEventListener('online', go)
}
