import postgres from 'postgres'
import { Problem } from '../problem.ts'
import { deadline } from './deadline.ts'

/** Milliseconds after which whoever asked is told, whatever holds the answer up. */
const DEADLINE_MS = 8_000
/** Seconds after which trying again makes sense. */
const RETRY_AFTER = 1
/**
 * Reads that may wait for answers in this process: more than it asks for on any day on which they come. What nobody
 * waits for any more stays in the driver's queue all the same, and would be asked before what is wanted then.
 */
const MOST_UNANSWERED = 2000

/** SQLSTATE classes and codes that are about the server's state, not about what it was asked. */
const PASSING = /^(08|53|57|58|40|XX|25006|55P03|25P0[34])/
/** Classes that are about what was to be stored: its data, a constraint, a limit of what Postgres can hold. */
const OF_THE_DATA = /^(22|23|54)/
/** What postgres.js, Node's sockets and ours say of connections. */
const CONNECTION = /^(CONNECTION_|CONNECT_|SILENT$|E(?!RR_))/

/** True where it is the database that is away or overloaded, not the question that is wrong. */
export function isUnavailability(error: unknown): boolean {
  const cause = rootOf(error)
  if (cause instanceof postgres.PostgresError) return PASSING.test(cause.code)
  return cause instanceof Error && CONNECTION.test(String((cause as { code?: unknown }).code))
}

/** True where others would fail as well, and the same may succeed once a person has seen to the database. */
export function isOfTheDatabase(error: unknown): boolean {
  const cause = rootOf(error)
  return cause instanceof postgres.PostgresError ? !OF_THE_DATA.test(cause.code) : isUnavailability(cause)
}

/** Drizzle wraps what the driver throws. */
export function rootOf(error: unknown): unknown {
  let root = error
  while (root instanceof Error && root.cause instanceof Error) root = root.cause
  return root
}

let unanswered = 0

const unavailable = () => new Problem('unavailable', undefined, RETRY_AFTER)

/** The same for reads that as many may ask for at once as they like: one too many is refused, and not asked. */
export async function unlessTooMany<T>(ask: () => Promise<T>): Promise<T> {
  if (unanswered >= MOST_UNANSWERED) throw unavailable()
  unanswered += 1
  return orUnavailable(
    ask().finally(() => {
      unanswered -= 1
    }),
  )
}

/** The answer, or `Problem` `unavailable` where the database is away or takes too long. For reads. */
export async function orUnavailable<T>(asked: Promise<T>): Promise<T> {
  return deadline(asked, DEADLINE_MS, unavailable).catch((error: unknown) => {
    throw !(error instanceof Problem) && isUnavailability(error) ? unavailable() : error
  })
}
