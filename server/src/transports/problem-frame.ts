import { ERRORS } from '@halley/shared'
import { errorFrame } from '../fanout/encode-frame.ts'
import type { Frame } from '../fanout/frame.ts'
import { metrics } from '../metrics/metrics.ts'
import { Problem } from '../problem.ts'

/** What was thrown, as the frame that tells of it. What went wrong inside is not told. */
export function problemFrame(error: unknown, room?: string): Frame {
  const { code, detail, retryAfter } = error instanceof Problem ? error : new Problem('internal')
  metrics.problems.inc({ code })
  return errorFrame(code, {
    room,
    detail: ERRORS[code].status >= 500 ? undefined : detail,
    afterMs: retryAfter === undefined ? undefined : retryAfter * 1000,
  })
}
