import type { ErrorCode } from '@halley/shared'

/** A request that failed, by name. `network` where no answer came at all. */
export interface ApiError extends Error {
  readonly code: ErrorCode | 'network'
  /** Whether the same request may succeed later. */
  readonly retry: boolean
  /** How long the server asks to wait, in milliseconds. */
  readonly afterMs: number
}
