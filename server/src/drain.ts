import { setTimeout as sleep } from 'node:timers/promises'
import type { Connections } from './transports/connections.ts'

/** The order of going away: not ready at once, serving on for a while, then sending readers away over a window. */
export class Drain {
  readonly #connections: Pick<Connections, 'goAway' | 'hurry'>
  readonly #hurried = new AbortController()
  #going: Promise<void> | undefined

  constructor(connections: Pick<Connections, 'goAway' | 'hurry'>) {
    this.#connections = connections
  }

  /** From here on balancers are told to send nobody; those that do not ask `ready` may still do so for `delayMs`. */
  get begun(): boolean {
    return this.#going !== undefined
  }

  /** Resolves once no reader is connected. Begun again, it is the same going. */
  begin({ delayMs, windowMs }: { delayMs: number; windowMs: number }): Promise<void> {
    this.#going ??= this.#go(delayMs, windowMs)
    return this.#going
  }

  /** Cuts delay and window short. */
  hurry(): void {
    this.#hurried.abort()
    this.#connections.hurry()
  }

  async #go(delayMs: number, windowMs: number): Promise<void> {
    await sleep(delayMs, undefined, { signal: this.#hurried.signal }).catch(() => {})
    await this.#connections.goAway(windowMs)
  }
}
