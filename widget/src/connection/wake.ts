/** Who wants to know what becomes of the page. */
export interface Wakeful {
  check(networkChanged: boolean): void
  offline(): void
  leave(): void
}

/** Tells until the answer is called. */
export function watchPage(wakeful: Wakeful): () => void {
  const aborted = new AbortController()
  const on = (target: EventTarget, name: string, then: () => void) =>
    target.addEventListener(name, then, { passive: true, signal: aborted.signal })
  on(window, 'online', () => wakeful.check(true))
  on(window, 'offline', () => wakeful.offline())
  on(window, 'pageshow', () => wakeful.check(false))
  on(window, 'pagehide', () => wakeful.leave())
  on(document, 'visibilitychange', () => {
    if (document.visibilityState === 'visible') wakeful.check(false)
  })
  return () => aborted.abort()
}
