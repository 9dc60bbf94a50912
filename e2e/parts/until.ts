import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits for a condition: tries until it gives something truthy and resolves with that. Fails after `seconds` with
 * `what` in the message, and the last error if the condition threw one.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  seconds = 60,
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const end = performance.now() + seconds * 1000
  let cause: unknown
  for (let pause = 2; performance.now() < end; pause = Math.min(pause * 1.5, 50)) {
    try {
      const value = await condition()
      if (value) return value as Exclude<T, undefined | null | false | 0 | ''>
      cause = undefined
    } catch (error) {
      cause = error
    }
    await sleep(pause)
  }
  throw new Error(`waited ${seconds} s in vain for ${what}`, { cause })
}
