import type { ApiError } from './api-error.ts'
import type { FeedStatus } from './feed-view.ts'

/** How a feed stands whose page could not be had. */
export function statusAfter({ code, retry }: ApiError): FeedStatus {
  if (retry) return { state: 'reconnecting', offline: !navigator.onLine }
  return { state: 'failed', code: code as 'internal' }
}
