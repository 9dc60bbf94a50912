import postgres from 'postgres'
import { isUnavailability, rootOf } from '../db/or-unavailable.ts'
import { Problem } from '../problem.ts'

/** What is known of a batch that failed: nothing of it is stored and one of its requests is to blame, or a problem. */
export type AppendFailure = { readonly culprit: Problem | undefined } | Problem

/** Never sent: nothing can have been stored. */
const NOT_SENT =
  /^(ECONNREFUSED|CONNECT_TIMEOUT|CONNECTION_ENDED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_AGAIN)$/
/** SQLSTATE class of data that cannot be stored, and of what may be damaged for one room and not for others. */
const BAD_DATA = /^22/
const DAMAGED = /^XX/

/** `culprit` is what the request that fails alone is told; undefined where it is a fault of ours. */
export function toAppendFailure(error: unknown): AppendFailure {
  const cause = rootOf(error)
  const code = String((cause as { code?: unknown }).code)
  // Whatever Postgres reports as an error it has rolled back.
  if (cause instanceof postgres.PostgresError) {
    if (DAMAGED.test(code)) return { culprit: unavailable() }
    if (isUnavailability(cause)) return unavailable()
    return { culprit: BAD_DATA.test(code) ? new Problem('bad-text') : undefined }
  }
  if (NOT_SENT.test(code)) return unavailable()
  return isUnavailability(cause) ? new Problem('outcome-unknown', undefined, 1) : { culprit: undefined }
}

function unavailable(): Problem {
  return new Problem('unavailable', undefined, 1)
}
