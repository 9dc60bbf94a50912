import { setTimeout as sleep } from 'node:timers/promises'
import type { PurgeConfig } from '../config.ts'
import type { Logger } from '../logger.ts'
import { showNumber } from '../metrics/live-numbers.ts'
import { cacheTag } from './cache-rules.ts'

/** What CDNs take in one request. */
const TAGS = 30
const DEADLINE_MS = 5_000
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/**
 * Tells a shared cache which rooms' pages to let go. What cannot be told is told again, for as long as the copies may
 * last that it is about: after that they have ended by themselves, and an error says so.
 */
export class Purger {
  readonly #url: string
  readonly #config: PurgeConfig
  readonly #log: Logger
  /** Until when each is to be told, in the milliseconds of `performance.now`. */
  readonly #untold = new Map<string, number>()
  readonly #closing = new AbortController()
  readonly #hide = showNumber('purge_failures_total', () => this.#failures)
  #running: Promise<void> | undefined
  #failures = 0

  constructor(url: string, config: PurgeConfig, log: Logger) {
    this.#url = url
    this.#config = config
    this.#log = log
  }

  /** The pages of a room, by its address. */
  purge(room: string): void {
    this.#untold.set(cacheTag(room), performance.now() + this.#config.seconds * 1000)
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** Resolves once all was told, or has failed once more. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
    this.#hide()
  }

  async #run(): Promise<void> {
    let pause = FIRST_PAUSE_MS
    while (this.#untold.size > 0) {
      const told = [...this.#untold].slice(0, TAGS)
      for (const [tag] of told) this.#untold.delete(tag)
      try {
        await this.#tell(told.map(([tag]) => tag))
        pause = FIRST_PAUSE_MS
      } catch (error) {
        this.#keep(told, error)
        // Closing ends the pause, and what fails from then on is not kept.
        await sleep(pause, undefined, { signal: this.#closing.signal }).catch(() => {})
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
      }
    }
  }

  async #tell(tags: readonly string[]): Promise<void> {
    const { token } = this.#config
    const answer = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ tags }),
      redirect: 'error',
      signal: AbortSignal.timeout(DEADLINE_MS),
    })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`PURGE_URL answered ${answer.status}`)
  }

  #keep(told: readonly (readonly [string, number])[], err: unknown): void {
    this.#failures += 1
    const now = performance.now()
    const kept = told.filter(([, until]) => until > now && !this.#closing.signal.aborted)
    for (const [tag, until] of kept) if (!this.#untold.has(tag)) this.#untold.set(tag, until)
    if (kept.length === told.length) {
      this.#log.warn(
        { err, tags: told.length },
        'the shared cache could not be told what to let go; again soon',
      )
    } else {
      const tags = told.filter((one) => !kept.includes(one)).map(([tag]) => tag)
      this.#log.error(
        { err, tags },
        'the shared cache was not told what to let go; its copies end by their age',
      )
    }
  }
}
