import type { Count } from './limits.ts'

/** How long a count may take: whoever is counted is waiting. */
const PATIENCE_MS = 250
/** For so long nobody is counted there after it took longer; then one tries whether it answers again. */
const PAUSE_MS = 1000

/**
 * Counts together with others while that is quick, else alone: a store that is away or stopped must neither hold up
 * what is counted nor leave it without bounds.
 */
export function whileItAnswers(together: Count, alone: Count, isOpen: () => boolean): Count {
  let tryAgainAt = 0
  return async (key, max) => {
    const now = performance.now()
    if (!isOpen() || now < tryAgainAt) return alone(key, max)
    // Until this one is back everybody else counts alone, where it is the first after a pause.
    if (tryAgainAt > 0) tryAgainAt = now + PAUSE_MS
    const late = Symbol('late')
    const { promise, resolve } = Promise.withResolvers<typeof late>()
    const timer = setTimeout(resolve, PATIENCE_MS, late)
    // One that answers with an error, as a Redis whose disk is full, counts as little as one that does not answer.
    const counted = together(key, max).catch((): typeof late => late)
    const answer = await Promise.race([counted, promise]).finally(() => clearTimeout(timer))
    tryAgainAt = answer === late ? performance.now() + PAUSE_MS : 0
    return answer === late ? alone(key, max) : answer
  }
}
