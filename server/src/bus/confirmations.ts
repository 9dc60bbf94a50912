import type { RoomId } from '../rooms/room.ts'

/** Which rooms the far end has confirmed a subscription to, and who waits for that. */
export class Confirmations {
  readonly #confirmed = new Set<RoomId>()
  readonly #waiting = new Map<RoomId, Set<() => void>>()
  readonly #deadlineMs: number

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs
  }

  /** True while somebody waits. */
  get pending(): boolean {
    return this.#waiting.size > 0
  }

  confirm(room: RoomId): void {
    this.#confirmed.add(room)
    const waiting = this.#waiting.get(room)
    this.#waiting.delete(room)
    if (waiting) for (const resolve of waiting) resolve()
  }

  withdraw(room: RoomId): void {
    this.#confirmed.delete(room)
  }

  /** The connection is gone, and all that was confirmed on it. */
  withdrawAll(): void {
    this.#confirmed.clear()
  }

  /** Resolves when the room is confirmed; rejects at the deadline. */
  wait(room: RoomId): Promise<void> {
    if (this.#confirmed.has(room)) return Promise.resolve()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiting = this.#waiting.get(room) ?? new Set()
    this.#waiting.set(room, waiting.add(resolve))
    const timer = setTimeout(() => {
      waiting.delete(resolve)
      if (waiting.size === 0 && this.#waiting.get(room) === waiting) this.#waiting.delete(room)
      reject(new Error(`a subscription was not confirmed within ${this.#deadlineMs} ms`))
    }, this.#deadlineMs)
    return promise.finally(() => clearTimeout(timer))
  }
}
