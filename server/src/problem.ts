import { ERRORS, type ErrorCode } from '@halley/shared'

/** An error that the caller is told of by its code; `detail` is for people and may be shown. */
export class Problem extends Error {
  readonly code: ErrorCode
  readonly detail: string | undefined
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | undefined

  constructor(code: ErrorCode, detail?: string, retryAfter?: number) {
    super(detail ?? ERRORS[code].title)
    this.name = 'Problem'
    this.code = code
    this.detail = detail
    this.retryAfter = retryAfter
  }
}
