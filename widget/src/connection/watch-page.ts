/** What becomes of the page, as far as a connection cares. */
export interface PageWatcher {
  /** It is seen again, or has a network again. */
  awake(): void
  offline(): void
  /** It is left, and perhaps kept for the back button. */
  aside(): void
}

/** Tells until the answer is called. */
export function watchPage({ awake, offline, aside }: PageWatcher): () => void {
  const aborted = new AbortController()
  const on = (target: EventTarget, names: string, then: () => void) => {
    for (const name of names.split(' ')) {
      target.addEventListener(name, then, { passive: true, signal: aborted.signal })
    }
  }
  on(window, 'online pageshow', awake)
  on(window, 'offline', offline)
  on(window, 'pagehide', aside)
  on(document, 'visibilitychange', () => {
    if (!document.hidden) awake()
  })
  return () => aborted.abort()
}
