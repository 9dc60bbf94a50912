import { afterHearing } from './after-hearing.ts'

/** What `promise` resolves with, or undefined where that takes longer than `ms`. */
export function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  const { promise: over, resolve } = Promise.withResolvers<undefined>()
  const callOff = afterHearing(ms, () => resolve(undefined))
  return Promise.race([promise, over]).finally(callOff)
}
