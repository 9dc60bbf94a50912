import { listen } from './listen.ts'

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
  const { signal } = aborted
  listen(window, 'online pageshow', awake, signal)
  listen(window, 'offline', offline, signal)
  listen(window, 'pagehide', aside, signal)
  listen(document, 'visibilitychange', () => document.hidden || awake(), signal)
  return () => aborted.abort()
}
