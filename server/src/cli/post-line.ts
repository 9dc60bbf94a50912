import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { ERRORS, type Problem } from '@halley/shared'
import type { Line } from '../ingest/conversation.ts'
import { Failure } from './failure.ts'

/** Milliseconds for one request, for the first wait between two attempts, and for all attempts at one line. */
const DEADLINE_MS = 10_000
const FIRST_WAIT_MS = 200
const PATIENCE_MS = 120_000

export type Posted = 'posted' | 'already' | 'held'
/** Posts one line under an id; resolves once the room has it. */
export type PostLine = (line: Line, id: string) => Promise<Posted>

interface Target {
  readonly room: string
  readonly url: string
  readonly key?: string
  readonly signal?: AbortSignal
}

/** What one attempt came to. */
type Attempt =
  | { readonly done: Posted }
  | { readonly refused: string }
  | { readonly failed: string; readonly waitMs: number | undefined }

/**
 * Answers a function that posts lines. What may succeed later (429, 503, a network that fails) is tried again with
 * the same id, after `Retry-After` where the server names it; anything else rejects.
 */
export function postLine(target: Target): PostLine {
  const address = new URL(`/v1/rooms/${target.room}/items`, target.url)
  const authorization = authorizationOf(target.key)
  return async (line, id) => {
    const body = JSON.stringify({
      id,
      author: { name: line.author },
      text: line.text,
      ...(line.highlight && target.key && { highlight: true }),
    })
    const patience = performance.now() + PATIENCE_MS
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, 5000)) {
      const attempt = await tryOnce(address, authorization(line.author), body, target.signal)
      if ('done' in attempt) return attempt.done
      if ('refused' in attempt) throw new Failure(`line ${line.number}: ${attempt.refused}`)
      if (performance.now() > patience) throw new Failure(`line ${line.number}: ${attempt.failed}`)
      const jittered = (attempt.waitMs ?? waitMs) + waitMs * Math.random()
      await wait(jittered, undefined, { ...(target.signal && { signal: target.signal }) })
    }
  }
}

async function tryOnce(
  address: URL,
  authorization: string,
  body: string,
  signal: AbortSignal | undefined,
): Promise<Attempt> {
  try {
    const deadline = AbortSignal.timeout(DEADLINE_MS)
    const response = await fetch(address, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    })
    return attemptOf(response, await response.text())
  } catch (error) {
    if (signal?.aborted) throw error
    const cause = (error as Error).cause ?? error
    return { failed: `${address.origin} cannot be reached (${(cause as Error).message})`, waitMs: undefined }
  }
}

const ANSWERS: Readonly<Record<number, Posted>> = { 200: 'already', 201: 'posted', 202: 'held' }

function attemptOf(response: Response, text: string): Attempt {
  const done = ANSWERS[response.status]
  if (done) return { done }
  const problem = problemOf(text)
  // The id is made of the room and the line: another guest who replayed it before has posted just this.
  if (problem.code === 'id-taken') return { done: 'already' }
  const told = [problem.code ?? `status ${response.status}`, problem.detail ?? problem.title]
  const message = told.filter(Boolean).join(': ')
  const kind =
    problem.code !== undefined && problem.code in ERRORS
      ? ERRORS[problem.code as keyof typeof ERRORS]
      : undefined
  if (!(kind?.retry ?? response.status >= 500)) return { refused: message }
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return { failed: message, waitMs: seconds >= 0 ? seconds * 1000 : undefined }
}

function problemOf(text: string): Partial<Problem> {
  try {
    return JSON.parse(text) as Partial<Problem>
  } catch {
    return {}
  }
}

/** The key's for every author, else a guest's of this run for each. */
function authorizationOf(key: string | undefined): (author: string) => string {
  if (key !== undefined) return () => `Bearer ${key}`
  const guests = new Map<string, string>()
  return (author) => {
    const token = guests.get(author) ?? randomBytes(32).toString('base64url')
    guests.set(author, token)
    return `Guest ${token}`
  }
}
