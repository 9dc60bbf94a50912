import type { BaseLogger } from 'pino'

/** What parts write to; pino's and Fastify's loggers are such. */
export type Logger = Pick<BaseLogger, 'debug' | 'info' | 'warn' | 'error'>

const RARELY_MS = 10_000

/**
 * A line for what goes wrong again and again in an outage: at once, and then at most every 10 s with how often it was,
 * without a stack. `now` gives milliseconds.
 */
export function rareLine(
  log: Pick<Logger, 'warn'>,
  message: string,
  now = () => performance.now(),
): (error: unknown) => void {
  let saidAt = Number.NEGATIVE_INFINITY
  let times = 0
  return (error) => {
    times += 1
    if (now() - saidAt < RARELY_MS) return
    saidAt = now()
    log.warn({ why: String(error), times }, message)
    times = 0
  }
}
