import { listen } from './listen.ts'

/** What becomes of the page, as far as a connection cares. */
export interface PageWatcher {
  /** It is seen again, or its network came or went. */
  awake(): void
  /** It is left, and perhaps kept for the back button. */
  aside(): void
}

/** Tells until the answer is called. */
export function watchPage({ awake, aside }: PageWatcher): () => void {
  const aborted = new AbortController()
  const { signal } = aborted
  listen(window, 'online offline pageshow', awake, signal)
  listen(window, 'pagehide', aside, signal)
  listen(document, 'visibilitychange', () => document.hidden || awake(), signal)
  return () => aborted.abort()
}
